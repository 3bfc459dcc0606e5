// Makes one connection, as an upload does, and reports each stage that it reached: for users whose connections fail. No
// request is sent.

import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { onAbort } from '../../../async/signals.ts'
import { NetworkError } from '../../../errors.ts'
import { checkArgument, checkOptions, type RulesOf } from '../../../validation/check-options.ts'
import { rule } from '../../../validation/rule.ts'
import { abortSignal, wholeNumber } from '../../../validation/rules.ts'
import { Connection, type Endpoint, type Stage } from './connection.ts'
import { endpointOf } from './connection-pool.ts'
import { networkFault, placeOf } from './network-fault.ts'
import { type NetworkOptions, networkSettings } from './network-options.ts'

/** The stages that a connection reached. */
export interface ConnectionReport {
  /** The host of the addresses: the proxy, if there is one. */
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
  /** The proxy, and the variable or option that names it. Without its password. */
  readonly proxy?: { readonly name: string; readonly from: string }
  /** The addresses of the host's name; empty if the host is an address. */
  readonly addresses: readonly string[]
  /** The address that answered. */
  readonly address?: string
  /** Milliseconds since the start at which each stage was reached. */
  readonly reached: Readonly<Partial<Record<Stage, number>>>
  readonly certificate?: CertificateReport
  /** The TLS version, such as `TLSv1.3`. */
  readonly protocol?: string
  /** The error that ended it. */
  readonly error?: NetworkError
}

/** The certificate of a server. */
export interface CertificateReport {
  readonly subject: string
  readonly issuer: string
  /** Start of validity, in epoch milliseconds. */
  readonly validFrom: number
  readonly validTo: number
}

/** Options for inspecting a connection. */
export interface InspectOptions {
  readonly signal?: AbortSignal
  /** Timeout of each connection, in milliseconds: 1 to 600,000. @default 10_000 */
  readonly timeoutMs?: number
}

const originRule = rule(
  'scheme, host and port, such as https://oss-cn-hangzhou.aliyuncs.com',
  (value): value is string =>
    typeof value === 'string' && /^https?:\/\/[^/]+\/?$/i.test(value) && URL.canParse(value),
)
const rules = {
  signal: abortSignal,
  timeoutMs: wholeNumber(1, 600_000),
} satisfies RulesOf<InspectOptions>

/**
 * Connects and closes again. If a certificate is refused, a second connection reads it.
 * @param origin scheme, host and port, as of a request
 * @throws {OptionError} for an argument whose value is not allowed, and for proxy variables that cannot be used;
 * {Error} the signal's reason
 */
export async function inspectConnection(
  origin: string,
  network: NetworkOptions = {},
  given: InspectOptions = {},
): Promise<ConnectionReport> {
  checkArgument('origin', origin, originRule)
  const options = checkOptions(rules, given, { name: 'options', owner: 'inspectConnection' })
  const report = await connectOnce(origin, network, options)
  if (report.error?.code !== 'TLS_FAILED' || network.insecure) return report
  const { certificate } = await connectOnce(origin, { ...network, insecure: true }, options)
  return certificate === undefined ? report : { ...report, certificate }
}

async function connectOnce(
  origin: string,
  network: NetworkOptions,
  { signal, timeoutMs = 10_000 }: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
): Promise<ConnectionReport> {
  signal?.throwIfAborted()
  const { proxyFor, tls } = networkSettings(network)
  const endpoint = endpointOf(origin, proxyFor)
  const { proxy } = endpoint
  const began = performance.now()
  const addresses = new Set<string>()
  const reached: Partial<Record<Stage, number>> = {}
  let address: string | undefined
  let secured: TLSSocket | undefined
  const onStage = (stage: Stage, socket: Socket, found?: string) => {
    reached[stage] ??= performance.now() - began
    if (found !== undefined) addresses.add(found)
    if (stage === 'connect') address = socket.remoteAddress
    if (stage === 'secure') secured = tlsOf(socket)
  }
  const connection = new Connection(endpoint, { readBuffer: Buffer.alloc(1024), tls, onStage })
  try {
    const error = await readyOrFault(connection, endpoint, { signal, timeoutMs })
    return {
      ...(({ host, port }) => ({ host, port }))(proxy ?? endpoint),
      isSecure: endpoint.isSecure,
      ...(proxy && { proxy: { name: proxy.name, from: proxy.from } }),
      addresses: [...addresses],
      ...(address !== undefined && { address }),
      reached,
      ...(secured && certificateOf(secured)),
      ...(error && { error }),
    }
  } finally {
    connection.reset()
  }
}

const hint = 'Check the network connection; an internal endpoint answers only inside its region'

function readyOrFault(
  connection: Connection,
  endpoint: Endpoint,
  { signal, timeoutMs }: { signal: AbortSignal | undefined; timeoutMs: number },
): Promise<NetworkError | undefined> {
  const { origin } = endpoint
  const place = () => placeOf(origin, connection.unpassedProxy)
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer)
      leave?.()
      settle()
    }
    const fail = (code: 'STALLED' | 'CONNECT_FAILED', what: string) =>
      end(() => resolve(new NetworkError(code, `${place()} ${what}`, { sent: 'nothing', hint })))
    const timer = setTimeout(
      () => fail('STALLED', `did not answer within ${timeoutMs / 1000} s`),
      timeoutMs,
    )
    const leave = signal && onAbort(signal, () => end(() => reject(signal.reason)))
    const lost = () => fail('CONNECT_FAILED', 'closed the connection while it was made')
    connection.use({
      onReady: () => end(() => resolve(undefined)),
      onData: () => {},
      onEnd: lost,
      onClose: lost,
      onError: error => {
        const { unpassedProxy: proxy } = connection
        const fault = networkFault(error, { origin, proxy, connected: false, sent: 'nothing' })
        end(() => (fault instanceof NetworkError ? resolve(fault) : reject(fault)))
      },
    })
  })
}

/** Stage `secure` is only reached on one. */
function tlsOf(socket: Socket): TLSSocket | undefined {
  return 'getPeerCertificate' in socket ? (socket as TLSSocket) : undefined
}

function certificateOf(socket: TLSSocket): Pick<ConnectionReport, 'certificate' | 'protocol'> {
  const protocol = socket.getProtocol()
  const { subject, issuer, valid_from: from, valid_to: to } = socket.getPeerCertificate()
  return {
    ...(protocol !== null && { protocol }),
    // A resumed session has no certificate.
    ...(subject !== undefined && {
      certificate: {
        subject: nameIn(subject.CN, subject.O),
        issuer: nameIn(issuer.CN, issuer.O),
        validFrom: Date.parse(from),
        validTo: Date.parse(to),
      },
    }),
  }
}

function nameIn(...names: readonly (string | string[] | undefined)[]): string {
  return names.flat().find(name => name !== undefined) ?? 'somebody without a name'
}
