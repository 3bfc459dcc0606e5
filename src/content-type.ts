/** The Content-Type that the extension of the first name that has a known one stands for. */
export async function guessContentType(...names: readonly string[]): Promise<string> {
  // Loaded only when it is needed: it brings a table of several hundred types.
  const { default: mime } = await import('mime/lite')
  for (const name of names) {
    const type = mime.getType(name)
    if (type !== null) return type
  }
  return 'application/octet-stream'
}
