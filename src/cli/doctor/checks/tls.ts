import type { CertificateReport } from '../../../runtimes/node/index.ts'
import { formatMoment } from '../../output/figures.ts'
import type { Check, Finding } from '../check.ts'
import { problemOf } from '../examine.ts'

const day = 24 * 3600_000
/** Warn this long before a certificate expires. Certificates are usually renewed weeks before that. */
const soon = 7 * day

export const tls: Check = {
  name: 'tls',
  needs: ['tcp'],
  async run(world) {
    const { isSecure, certificate, protocol, error } = await world.connection()
    if (!isSecure) return plain(world.target !== undefined, (await world.bucket()).address)
    const facts = { ...(protocol && { protocol }), ...(certificate && { certificate }) }
    if (error !== undefined) {
      const { hints = [], ...problem } = problemOf(error)
      return {
        ...problem,
        hints: [...hints, ...about(certificate)],
        facts: { ...problem.facts, ...facts },
      }
    }
    const words = certificate === undefined ? '' : `, ${described(certificate)}`
    const { uncheckedBy } = world
    if (uncheckedBy !== undefined) {
      return {
        state: 'warning',
        summary: `${protocol}, but certificates are not checked (${uncheckedBy})${words}`,
        hints: [
          `Leave out ${uncheckedBy}: an attacker on the network can read and change all data.`,
        ],
        facts,
      }
    }
    const left = (certificate?.validTo ?? Number.POSITIVE_INFINITY) - world.now()
    return {
      state: left < soon ? 'warning' : 'ok',
      summary: `${protocol}${words}`,
      facts,
      ...(left < soon && { hints: ['The certificate ends soon: have it renewed.'] }),
    }
  },
}

function plain(isUsed: boolean, { endpoint }: { endpoint: string }): Finding {
  const { hostname } = new URL(endpoint)
  if (/^(?:localhost|127\.|\[::1\])/.test(hostname) || hostname.endsWith('.localhost')) {
    return { state: 'ok', summary: 'none: the endpoint is http, on this machine' }
  }
  return {
    state: 'warning',
    summary: 'none: the endpoint is http',
    hints: [
      `${isUsed ? 'What you upload' : 'What is sent'} can be read on the way: write https:// in the endpoint.`,
    ],
  }
}

function described({ subject, issuer, validTo }: CertificateReport): string {
  return `certificate of ${subject} by ${issuer}, until ${formatMoment(validTo).slice(0, 10)}`
}

function about(certificate: CertificateReport | undefined): string[] {
  if (certificate === undefined) return []
  return [
    `It is the ${described(certificate)}. If ${certificate.issuer} is your own or your company's authority, give its file with --ca-file.`,
  ]
}
