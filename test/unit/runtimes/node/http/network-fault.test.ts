import { describe, expect, test } from 'vitest'
import { NetworkError } from '../../../../../src/errors.ts'
import { networkFault } from '../../../../../src/runtimes/node/http/network-fault.ts'

const origin = 'https://oss.example'
const systemError = (code: string) => Object.assign(new Error('as the system says'), { code })

describe('while connecting nothing was sent', () => {
  test.each([
    ['ENOTFOUND', 'CONNECT_FAILED', 'no such host'],
    ['EAI_AGAIN', 'CONNECT_FAILED', 'looked up'],
    ['ECONNREFUSED', 'CONNECT_FAILED', 'refused'],
    ['EHOSTUNREACH', 'CONNECT_FAILED', 'no route'],
    ['ENETUNREACH', 'CONNECT_FAILED', 'unreachable'],
    ['ENETDOWN', 'CONNECT_FAILED', 'down'],
    ['ETIMEDOUT', 'CONNECT_FAILED', 'in time'],
    ['ECONNRESET', 'CONNECT_FAILED', 'reset'],
    ['EADDRNOTAVAIL', 'CONNECT_FAILED', 'local port'],
    ['EMFILE', 'CONNECT_FAILED', 'too many files'],
    ['EWHATEVER', 'CONNECT_FAILED', 'EWHATEVER'],
    ['EPROTO', 'TLS_FAILED', 'TLS'],
    ['CERT_HAS_EXPIRED', 'TLS_FAILED', 'expired'],
    ['CERT_NOT_YET_VALID', 'TLS_FAILED', "this computer's clock"],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS_FAILED', 'another host'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS_FAILED', 'self-signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'TLS_FAILED', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS_FAILED', 'not trusted'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'TLS_FAILED', 'not trusted'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS_FAILED', 'is it http?'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'TLS_FAILED', 'secure'],
  ])('%s is %s: ... %s ...', (code, expected, words) => {
    const fault = networkFault(systemError(code), { origin, connected: false, sent: 'nothing' })
    expect(fault).toBeInstanceOf(NetworkError)
    expect(fault).toMatchObject({
      code: expected,
      sent: 'nothing',
      nobodyThere: code === 'ENOTFOUND' || code === 'ECONNREFUSED',
      retryable: expected === 'CONNECT_FAILED',
    })
    expect(String(fault)).toContain(words)
    expect(String(fault)).toContain(origin)
  })
})

test.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'])(
  'once connected %s is CONNECTION_LOST',
  code => {
    const cause = systemError(code)
    expect(networkFault(cause, { origin, connected: true, sent: 'maybe' })).toMatchObject({
      code: 'CONNECTION_LOST',
      sent: 'maybe',
      nobodyThere: false,
      retryable: true,
      cause,
    })
  },
)

test('of several addresses the first one that failed is told', () => {
  const error = new AggregateError([systemError('ECONNREFUSED'), systemError('ENETUNREACH')])
  expect(networkFault(error, { origin, connected: false, sent: 'nothing' })).toMatchObject({
    message: expect.stringContaining('refused'),
  })
})
