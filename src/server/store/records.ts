// The server's records of buckets, objects, uploads and parts. They are plain data: the disk store writes them as
// JSON.

/** A range of stored bytes. Copied and combined objects share the bytes of their sources. */
export interface Segment {
  readonly blob: string
  /** Start of the range in the blob. */
  readonly offset: number
  readonly size: number
}

/** Attributes from Put or Initiate that belong to the object. */
export interface Attributes {
  /** Stored headers, as answers return them: Content-Type, Cache-Control, x-oss-meta-*, ... */
  readonly headers: Readonly<Record<string, string>>
  readonly storageClass: string
  /** Encryption headers, as answers return them. */
  readonly encryption: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

export type BucketAcl = 'private' | 'public-read' | 'public-read-write' | 'authenticated-read'
export type ObjectAcl = BucketAcl | 'default'

export interface ObjectRecord {
  readonly key: string
  /** The version's id; absent for an object that was stored before its bucket had versioning. */
  readonly versionId?: string
  /** A version without bytes. It says that the object was deleted. */
  readonly isDeleteMarker?: true
  readonly size: number
  /** The ETag, without quotes. */
  readonly etag: string
  /** Base64. Absent for objects that were sent in several requests. */
  readonly md5?: string
  /** CRC-64 as a decimal number. */
  readonly crc64: string
  readonly type: 'Normal' | 'Multipart' | 'Appendable' | 'Symlink'
  /** The key that a symbolic link refers to. Links have no bytes. */
  readonly target?: string
  /** Time of the last change, in epoch milliseconds. */
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

/** Once enabled, versioning can be suspended but not removed. */
export type Versioning = 'Enabled' | 'Suspended'

/** A rule that protects existing objects from being overwritten. All its conditions must hold. */
export interface OverwriteRule {
  readonly id: string
  readonly prefix: string
  readonly suffix: string
  /** The users whose writes the rule restricts, with `*` as a wildcard. Empty means all users. */
  readonly principals: readonly string[]
}

export interface BucketRecord {
  readonly name: string
  readonly createdAt: number
  readonly acl: BucketAcl
  readonly storageClass: string
  readonly redundancy: string
  /** Default encryption headers, for objects that name none. */
  readonly encryption?: Readonly<Record<string, string>>
  readonly versioning?: Versioning
  readonly overwriteRules?: readonly OverwriteRule[]
  readonly cors?: { readonly rules: readonly CorsRule[]; readonly vary: boolean }
}
