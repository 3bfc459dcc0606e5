/** The Content-Type that the extension of the first name that has a known one stands for. */
export type ContentTypeGuess = (...names: readonly string[]) => Promise<string>

/** A guess that loads its table of several hundred types once, and only when it is needed. */
export function contentTypeGuess(): ContentTypeGuess {
  let loading: Promise<typeof import('mime/lite')> | undefined
  return async (...names) => {
    // An import of what is there already still costs a tenth of sending a small file.
    loading ??= import('mime/lite')
    const { default: mime } = await loading
    for (const name of names) {
      const type = mime.getType(name)
      if (type !== null) return type
    }
    return 'application/octet-stream'
  }
}
