/** What a source was, as far as its id tells. */
export type SourceKind = 'file' | 'bytes' | 'blob' | 'stream'

/** What a source is, told from its id: those of memory say it themselves, a file's is its absolute path. */
export function sourceKindOf(sourceId: string): SourceKind {
  const match = /^(bytes|blob|stream):/.exec(sourceId)
  return (match?.[1] as SourceKind | undefined) ?? 'file'
}
