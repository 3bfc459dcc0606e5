// Guesses Content-Types as the official OSS clients do, so that a move to this one changes no object.

/** Guesses by the extension of the first name that has a known one. */
export type ContentTypeGuess = (...names: readonly string[]) => Promise<string>

/** Extensions that the table does not have, or has only as `application/octet-stream`. */
const more: ReadonlyMap<string, string> = new Map([
  ['es', 'text/javascript'],
  ['jsonl', 'application/jsonl'],
  ['mpp', 'application/vnd.ms-project'],
  ['parquet', 'application/vnd.apache.parquet'],
  ['prc', 'application/x-mobipocket-ebook'],
  ['py', 'text/x-python'],
  ['xlam', 'application/vnd.ms-excel.addin.macroEnabled.12'],
  ['xlsb', 'application/vnd.ms-excel.sheet.binary.macroEnabled.12'],
  ['zst', 'application/zstd'],
])

/** A guess that loads its table of a thousand types once, and only when it is needed. */
export function contentTypeGuess(): ContentTypeGuess {
  let loading: Promise<typeof import('mime')> | undefined
  return async (...names) => {
    // Importing a module again costs a tenth of sending a small file.
    loading ??= import('mime')
    const { default: mime } = await loading
    for (const name of names) {
      // Without a slash in front the table takes a name without a dot for an extension.
      const last = `/${name.slice(name.lastIndexOf('/') + 1)}`
      const type = more.get(/\.([^.]*)$/.exec(last)?.[1]?.toLowerCase() ?? '') ?? mime.getType(last)
      if (type !== null) return type
    }
    return 'application/octet-stream'
  }
}
