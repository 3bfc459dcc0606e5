// Some servers and proxies quote the whole request in their answers, with its headers. Signatures and tokens must
// not get from such an answer into a message or a log.

import { escapeXml } from '../xml/escape.ts'

/** Removes what a signer added to a request, in the forms in which answers quote it. */
export function concealing(added: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = new Set<string>()
  for (const [name, value] of Object.entries(added)) {
    if (!/^(?:authorization|x-oss-security-token)$/i.test(name)) continue
    const signature = /Signature=([\da-f]{16,})/i.exec(value)?.[1]
    for (const secret of signature === undefined ? [value] : [value, signature]) {
      for (const form of formsOf(secret)) secrets.add(form)
    }
  }
  // The longest secret is replaced first, because one secret may be part of another.
  const ordered = [...secrets].sort((a, b) => b.length - a.length)
  return text => ordered.reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
}

function formsOf(secret: string): string[] {
  if (secret.length < 8) return []
  return [
    secret,
    encodeURIComponent(secret),
    escapeXml(secret),
    JSON.stringify(secret).slice(1, -1),
    // The same value in an answer whose server escapes `&` and `<`.
    secret.replace(/[<&]/g, ''),
    // As base64, whose last characters depend on the text after it.
    btoaOf(secret),
  ].filter(form => form.length >= 8)
}

function btoaOf(text: string): string {
  const latin1 = String.fromCharCode(...new TextEncoder().encode(text))
  return btoa(latin1).replace(/=+$/, '')
}
