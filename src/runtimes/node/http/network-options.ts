// What a caller can choose about the way to OSS, read once for all connections of a transport.

import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { OptionError } from '../../../errors.ts'
import { isUrl } from '../../../foreign/web.ts'
import { checkOptions, type RulesOf } from '../../../validation/check-options.ts'
import { type Rule, rule } from '../../../validation/rule.ts'
import { trueOrFalse } from '../../../validation/rules.ts'
import { environmentProxy, fixedProxy, type ProxyChoice } from './proxy-choice.ts'

/** The way to OSS: proxies and certificate authorities. */
export interface NetworkOptions {
  /**
   * The HTTP proxy: `'environment'` goes by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`
   * (docs/internals/decisions/0006-proxies.md), a URL is for every host, `false` is for none. To https endpoints
   * it leads through a tunnel; user and password stand in the URL. Loopback never takes it.
   * @default 'environment'
   * @throws {OptionError} `INVALID_PROXY`; for a variable, only if it would be used.
   */
  proxy?: 'environment' | string | URL | false
  /**
   * Certificate authorities to trust **instead of** those of Node.js, PEM. To add one to them, set
   * `NODE_EXTRA_CA_CERTS` to its file before Node.js starts.
   * @default those of Node.js
   * @throws {OptionError} `INVALID_CA` if there is no certificate in it.
   */
  ca?: string
  /**
   * Takes any certificate for good: whoever stands in between can read and change all that is sent. For
   * finding out what is wrong, never for use. @default false
   */
  insecure?: boolean
}

export interface NetworkSettings {
  readonly proxyFor: ProxyChoice
  readonly tls: TlsSettings
}

/** As `tls.connect` takes them. */
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

/** The network options as the value of an option. */
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
      // One for all connections: to read certificates for each of them takes longer than to connect.
      ...(ca !== undefined && { secureContext: trusting(ca) }),
      ...(insecure === true && { rejectUnauthorized: false }),
    },
  }
}

/** @throws {OptionError} `INVALID_PROXY`; the choice throws it where a variable that it needs is none. */
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
