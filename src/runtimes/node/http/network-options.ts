// The network options of a caller, read once for all connections of a transport.

import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { OptionError } from '../../../errors.ts'
import { isUrl } from '../../../foreign/web.ts'
import { checkOptions, type RulesOf } from '../../../validation/check-options.ts'
import { type Rule, rule } from '../../../validation/rule.ts'
import { trueOrFalse } from '../../../validation/rules.ts'
import { environmentProxy, fixedProxy, type ProxyChoice } from './proxy-choice.ts'

/** Network options: proxy and certificate authorities. */
export interface NetworkOptions {
  /**
   * The HTTP proxy. `'environment'` uses `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`
   * (docs/internals/decisions/0006-proxies.md), a URL is used for every host, and `false` uses no proxy.
   * Requests to https endpoints go through a tunnel. User and password are part of the URL. Loopback
   * addresses never use a proxy.
   * @default 'environment'
   * @throws {OptionError} `INVALID_PROXY`; for a variable, only if it would be used
   */
  proxy?: 'environment' | string | URL | false
  /**
   * Certificate authorities to trust **instead of** those of Node.js, as PEM. To add one to those of Node.js,
   * set `NODE_EXTRA_CA_CERTS` to its file before Node.js starts.
   * @default those of Node.js
   * @throws {OptionError} `INVALID_CA` if the string contains no certificate
   */
  ca?: string
  /**
   * Accepts any certificate. An attacker on the network can then read and change all data. Use it to diagnose
   * problems only. @default false
   */
  insecure?: boolean
}

export interface NetworkSettings {
  readonly proxyFor: ProxyChoice
  readonly tls: TlsSettings
}

/** TLS options in the form of `tls.connect`. */
export interface TlsSettings {
  readonly secureContext?: SecureContext
  readonly rejectUnauthorized?: false
}

const rules = {
  proxy: rule(
    "'environment', a URL such as http://proxy.example.com:3128, or false",
    (value): value is string | URL | false =>
      value === false || typeof value === 'string' || isUrl(value),
  ),
  ca: rule('PEM, from -----BEGIN CERTIFICATE----- on', isString),
  insecure: trueOrFalse,
} satisfies RulesOf<NetworkOptions>

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

/** The rule for network options within other options. */
export const networkOptions: Rule<NetworkOptions> = {
  allowed: '{ proxy?, ca?, insecure? }',
  read: value => checkOptions(rules, value, { name: 'network', owner: 'network' }),
}

/** @throws {OptionError} */
export function networkSettings(options: NetworkOptions): NetworkSettings {
  const { proxy, ca, insecure } = networkOptions.read(options)
  return {
    proxyFor: proxyChoice(proxy),
    tls: {
      // One context for all connections, because parsing the certificates takes longer than connecting.
      ...(ca !== undefined && { secureContext: trusting(ca) }),
      ...(insecure === true && { rejectUnauthorized: false }),
    },
  }
}

/**
 * Chooses the proxy of each request. @throws {OptionError} `INVALID_PROXY`; for a variable, the choice throws
 * it when a request needs that variable.
 */
export function proxyChoice(proxy: NetworkOptions['proxy'] = 'environment'): ProxyChoice {
  if (proxy === false) return () => undefined
  return proxy === 'environment' ? environmentProxy(process.env) : fixedProxy(String(proxy))
}

function trusting(ca: string): SecureContext {
  try {
    new X509Certificate(ca)
    return createSecureContext({ ca })
  } catch (cause) {
    throw new OptionError('INVALID_CA', 'ca holds no certificate that can be read', {
      hint: 'Allowed: PEM, from -----BEGIN CERTIFICATE----- on',
      cause,
    })
  }
}
