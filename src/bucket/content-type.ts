// Guesses Content-Types as the official OSS clients do, so that objects keep their types when a program moves to
// ossup.

/** Guesses a type. Uses the first name with a known extension. */
export type ContentTypeGuess = (...names: readonly string[]) => Promise<string>

/** Extensions that the table lacks, or has only as `application/octet-stream`. */
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

/** Makes a function that guesses types. It loads its table of a thousand types once, when first needed. */
export function contentTypeGuess(): ContentTypeGuess {
  let loading: Promise<typeof import('mime')> | undefined
  return async (...names) => {
    // Keeps the promise: importing the module again takes a tenth of the time of sending a small file.
    loading ??= import('mime')
    const { default: mime } = await loading
    for (const name of names) {
      // Without a leading slash, the table would read a name without a dot as an extension.
      const last = `/${name.slice(name.lastIndexOf('/') + 1)}`
      const type = more.get(/\.([^.]*)$/.exec(last)?.[1]?.toLowerCase() ?? '') ?? mime.getType(last)
      if (type !== null) return type
    }
    return 'application/octet-stream'
  }
}
