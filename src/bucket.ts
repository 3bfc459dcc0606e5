// A bucket: where it is, who asks, and the plain operations that uploads are made of. Each method sends
// one request once and is documented at the function of its name in src/oss/.

import { CredentialsError, OptionError } from './errors.ts'
import type { HashFunctions } from './hash/sha256.ts'
import { abortMultipartUpload } from './oss/abort-multipart-upload.ts'
import { OssClient } from './oss/client.ts'
import { completeMultipartUpload } from './oss/complete-multipart-upload.ts'
import { staticCredentials } from './oss/credentials.ts'
import { deleteBucket } from './oss/delete-bucket.ts'
import { deleteObject } from './oss/delete-object.ts'
import { type Address, type AddressOptions, placeOf, resolveAddress } from './oss/endpoint.ts'
import { getBucketInfo } from './oss/get-bucket-info.ts'
import { getObject } from './oss/get-object.ts'
import { headObject } from './oss/head-object.ts'
import { initiateMultipartUpload } from './oss/initiate-multipart-upload.ts'
import { listBuckets } from './oss/list-buckets.ts'
import { listMultipartUploads } from './oss/list-multipart-uploads.ts'
import { listObjects } from './oss/list-objects.ts'
import { listParts } from './oss/list-parts.ts'
import { validateBucketName } from './oss/names.ts'
import { presign } from './oss/presign.ts'
import { putBucket } from './oss/put-bucket.ts'
import { putObject } from './oss/put-object.ts'
import { credentialsSigner, type Signer } from './oss/signer.ts'
import { uploadPart } from './oss/upload-part.ts'
import type { Credentials, CredentialsProvider, Ports } from './ports.ts'

export interface BucketOptions extends AddressOptions {
  /** @throws {OptionError} `INVALID_BUCKET_NAME` */
  name: string
  /**
   * Who asks: credentials, or a function that gets them whenever they are needed.
   * @default the runtime's choice; on Node.js the environment
   */
  credentials?: CredentialsProvider | Credentials
  /** Signs elsewhere, where the secret is. Instead of `credentials`. */
  signer?: Signer
}

const known = new Set<string>([
  'name',
  'region',
  'endpoint',
  'internal',
  'accelerate',
  'cname',
  'pathStyle',
  'credentials',
  'signer',
] satisfies (keyof BucketOptions)[])

/** What follows the client in the parameters of an operation. */
type Parameters<Operation> = Operation extends (client: OssClient, ...rest: infer Rest) => unknown
  ? Rest
  : never

export class Bucket {
  readonly name: string
  /** Region id; for a cloud box its id. */
  readonly region: string
  /** Names the place for journals: the same over public, internal and accelerated endpoints. */
  readonly place: string
  readonly client: OssClient
  readonly ports: Ports

  /**
   * Checks the options and does nothing else: no request, no look at credentials.
   * @throws {OptionError} naming the option, the value and what is allowed.
   * @throws {CredentialsError} `MISSING_CREDENTIALS` without `credentials` and `signer`.
   */
  constructor(options: BucketOptions, ports: Ports & { readonly hash?: HashFunctions }) {
    for (const name of Object.keys(options)) {
      if (known.has(name)) continue
      throw new OptionError('UNKNOWN_OPTION', `Bucket has no option '${name}'`, {
        hint: `Allowed: ${[...known].join(', ')}`,
      })
    }
    this.name = validateBucketName(options.name)
    const address = resolveAddress(options)
    this.region = address.region
    this.place = placeOf(address)
    this.ports = ports
    const { clock, transport } = ports
    const signer = signerFor(options, address, ports.hash)
    this.client = new OssClient({ address, transport, signer, clock })
  }

  putObject(...rest: Parameters<typeof putObject>) {
    return putObject(this.client, ...rest)
  }

  headObject(...rest: Parameters<typeof headObject>) {
    return headObject(this.client, ...rest)
  }

  getObject(...rest: Parameters<typeof getObject>) {
    return getObject(this.client, ...rest)
  }

  listObjects(...rest: Parameters<typeof listObjects>) {
    return listObjects(this.client, ...rest)
  }

  deleteObject(...rest: Parameters<typeof deleteObject>) {
    return deleteObject(this.client, ...rest)
  }

  initiateMultipartUpload(...rest: Parameters<typeof initiateMultipartUpload>) {
    return initiateMultipartUpload(this.client, ...rest)
  }

  uploadPart(...rest: Parameters<typeof uploadPart>) {
    return uploadPart(this.client, ...rest)
  }

  listParts(...rest: Parameters<typeof listParts>) {
    return listParts(this.client, ...rest)
  }

  listMultipartUploads(...rest: Parameters<typeof listMultipartUploads>) {
    return listMultipartUploads(this.client, ...rest)
  }

  completeMultipartUpload(...rest: Parameters<typeof completeMultipartUpload>) {
    return completeMultipartUpload(this.client, ...rest)
  }

  abortMultipartUpload(...rest: Parameters<typeof abortMultipartUpload>) {
    return abortMultipartUpload(this.client, ...rest)
  }

  presign(...rest: Parameters<typeof presign>) {
    return presign(this.client, ...rest)
  }

  putBucket(...rest: Parameters<typeof putBucket>) {
    return putBucket(this.client, ...rest)
  }

  deleteBucket(...rest: Parameters<typeof deleteBucket>) {
    return deleteBucket(this.client, ...rest)
  }

  getBucketInfo(...rest: Parameters<typeof getBucketInfo>) {
    return getBucketInfo(this.client, ...rest)
  }

  listBuckets(...rest: Parameters<typeof listBuckets>) {
    return listBuckets(this.client, ...rest)
  }
}

function signerFor(
  { credentials, signer }: BucketOptions,
  { region, product }: Address,
  hash: HashFunctions | undefined,
): Signer {
  if (signer !== undefined && credentials !== undefined) {
    throw new OptionError('CONFLICTING_OPTIONS', 'credentials and signer contradict each other', {
      hint: 'Leave out one of them',
    })
  }
  if (signer !== undefined) return signer
  if (credentials === undefined) {
    throw new CredentialsError('MISSING_CREDENTIALS', 'Neither credentials nor a signer is given', {
      hint: 'Set credentials',
    })
  }
  const provider = typeof credentials === 'function' ? credentials : staticCredentials(credentials)
  return credentialsSigner({ credentials: provider, region, product, ...(hash && { hash }) })
}
