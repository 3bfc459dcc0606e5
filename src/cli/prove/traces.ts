// What the command made in the bucket, so that the clean-up can remove it.

export class Traces {
  readonly #keys = new Set<string>()
  readonly #uploads = new Map<string, string>()
  readonly #versions = new Map<string, Set<string>>()

  /** Keys that a request may have written. */
  get keys(): readonly string[] {
    return [...this.#keys]
  }

  /** Upload ids with their keys. */
  get uploads(): readonly (readonly [uploadId: string, key: string])[] {
    return [...this.#uploads]
  }

  /** Versions and delete markers. */
  get versions(): readonly (readonly [key: string, versionId: string])[] {
    return [...this.#versions].flatMap(([key, ids]) => [...ids].map(id => [key, id] as const))
  }

  /** True if an answer named a version: the bucket's versioning is enabled or suspended. */
  get hasVersions(): boolean {
    return this.#versions.size > 0
  }

  addKey(key: string): void {
    this.#keys.add(key)
  }

  addUpload(key: string, uploadId: string): void {
    this.#uploads.set(uploadId, key)
  }

  addVersion(key: string, versionId: string): void {
    const ids = this.#versions.get(key) ?? new Set()
    this.#versions.set(key, ids.add(versionId))
  }
}
