// What the server remembers of buckets, objects, uploads and parts. Plain data: the disk store writes it as
// JSON.

/** A run of stored bytes. Objects copied or put together share the bytes of their origins. */
export interface Segment {
  readonly blob: string
  /** Where the run begins in the blob. */
  readonly offset: number
  readonly size: number
}

/** What was given at Put or Initiate and belongs to the object. */
export interface Attributes {
  /** Stored headers as they are answered: Content-Type, Cache-Control, x-oss-meta-*, ... */
  readonly headers: Readonly<Record<string, string>>
  readonly storageClass: string
  /** Encryption headers as they are echoed. */
  readonly encryption: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

export type BucketAcl = 'private' | 'public-read' | 'public-read-write' | 'authenticated-read'
export type ObjectAcl = BucketAcl | 'default'

export interface ObjectRecord {
  readonly key: string
  /** Absent for an object that was stored before its bucket had versioning. */
  readonly versionId?: string
  /** A version without bytes that says: deleted. */
  readonly isDeleteMarker?: true
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  /** Base64; absent for objects that came in several requests. */
  readonly md5?: string
  /** Decimal. */
  readonly crc64: string
  readonly type: 'Normal' | 'Multipart' | 'Appendable' | 'Symlink'
  /** The key that a symbolic link refers to. Links have no bytes of their own. */
  readonly target?: string
  /** Epoch milliseconds. */
  readonly modifiedAt: number
  readonly attributes: Attributes
  readonly acl: ObjectAcl
  readonly segments: readonly Segment[]
}

export interface PartRecord {
  readonly number: number
  readonly size: number
  readonly etag: string
  readonly crc64: string
  readonly modifiedAt: number
  readonly segments: readonly Segment[]
}

export interface UploadRecord {
  readonly id: string
  readonly key: string
  readonly initiatedAt: number
  readonly attributes: Attributes
}

export interface CorsRule {
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly expose: readonly string[]
  readonly maxAgeSeconds?: number
}

/** Once set, versioning can be suspended but not switched off. */
export type Versioning = 'Enabled' | 'Suspended'

/** A rule under which existing objects are not overwritten. All its conditions must hold. */
export interface OverwriteRule {
  readonly id: string
  readonly prefix: string
  readonly suffix: string
  /** Whose writes it concerns, `*` as a wildcard; empty means everybody's. */
  readonly principals: readonly string[]
}

export interface BucketRecord {
  readonly name: string
  readonly createdAt: number
  readonly acl: BucketAcl
  readonly storageClass: string
  readonly redundancy: string
  /** Encryption headers of objects that name none. */
  readonly encryption?: Readonly<Record<string, string>>
  readonly versioning?: Versioning
  readonly overwriteRules?: readonly OverwriteRule[]
  readonly cors?: { readonly rules: readonly CorsRule[]; readonly vary: boolean }
}
