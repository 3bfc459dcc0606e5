let loading: Promise<typeof import('mime/lite')> | undefined

/** The Content-Type that the extension of the first name that has a known one stands for. */
export async function guessContentType(...names: readonly string[]): Promise<string> {
  // Loaded only when it is needed: it brings a table of several hundred types. And only once, since an
  // import of what is there already still costs a tenth of sending a small file.
  loading ??= import('mime/lite')
  const { default: mime } = await loading
  for (const name of names) {
    const type = mime.getType(name)
    if (type !== null) return type
  }
  return 'application/octet-stream'
}
