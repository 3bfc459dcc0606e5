// Some servers and middle boxes quote the request in their answers, headers and all. What signed the request
// must not get from there into a message or a log.

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
  // The longest first: one may be part of another.
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
    // What a server that cannot have `&` and `<` in its answer leaves of it.
    secret.replace(/[<&]/g, ''),
    // Node's and others' base64, of which the end depends on what follows.
    btoaOf(secret),
  ].filter(form => form.length >= 8)
}

function btoaOf(text: string): string {
  const latin1 = String.fromCharCode(...new TextEncoder().encode(text))
  return btoa(latin1).replace(/=+$/, '')
}
