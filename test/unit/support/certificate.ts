import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A self-signed certificate, and so its own authority. @param names as `DNS:oss.test` and `IP:127.0.0.1` */
export function certificateFor(names: readonly string[], days = 2): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'ossup-tls-'))
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const subject = ['-subj', '/CN=ossup test', '-addext', `subjectAltName=${names.join(',')}`]
    execFileSync(
      'openssl',
      ['req', '-x509', ...curve, '-days', `${days}`, '-keyout', key, '-out', cert, ...subject],
      { stdio: 'ignore' },
    )
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
