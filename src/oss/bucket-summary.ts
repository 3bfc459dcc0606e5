import { text, type XmlElement } from '../xml/parse.ts'
import { type AnswerHead, readTime, requiredText } from './answer.ts'

/** A bucket in a list. */
export interface BucketSummary {
  readonly name: string
  /** Region id, without `oss-`. */
  readonly region: string
  /** Time of creation, in epoch milliseconds. */
  readonly createdAt: number
  readonly storageClass?: string | undefined
  readonly extranetEndpoint?: string | undefined
  readonly intranetEndpoint?: string | undefined
}

export function readBucket(head: AnswerHead, element: XmlElement): BucketSummary {
  return {
    name: requiredText(head, element, 'Name'),
    region: requiredText(head, element, 'Location').replace(/^oss-/, ''),
    createdAt: readTime(head, 'CreationDate', text(element, 'CreationDate')),
    storageClass: text(element, 'StorageClass'),
    extranetEndpoint: text(element, 'ExtranetEndpoint'),
    intranetEndpoint: text(element, 'IntranetEndpoint'),
  }
}
