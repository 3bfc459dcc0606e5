/** The kind of a source, from its id. */
export type SourceKind = 'file' | 'bytes' | 'blob' | 'stream'

/** Finds the kind of a source by its id. Ids of sources in memory start with the kind; the id of a file is its path. */
export function sourceKindOf(sourceId: string): SourceKind {
  const match = /^(bytes|blob|stream):/.exec(sourceId)
  return (match?.[1] as SourceKind | undefined) ?? 'file'
}
