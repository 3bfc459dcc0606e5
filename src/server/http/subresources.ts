// Query names that select an operation or change its effect: names that this server supports, and names of OSS
// features that it lacks. Source: 2.7, and the lists of the Go SDK v2 (oss/signer/v1.go, oss/api_op_*.go).

export const subresources: ReadonlySet<string> = new Set(
  `accessPoint accessPointConfigForObjectProcess accessPointForObjectProcess accessPointPolicy
accessPointPolicyForObjectProcess accessmonitor acl append asyncFetch bucketArchiveDirectRead bucketInfo bucketQuota
callbackPolicy cleanRestoredObject cloudboxes cname comp cors dataPipeline delete encryption httpsConfig inventory
inventoryId legalHold lifecycle link live location logging metaQuery metadataTableConfiguration objectInfo objectMeta
objectWorm overwriteConfig partNumber policy policyStatus processConfiguration publicAccessBlock qos qosInfo
qosRequester redundancyTransition referer regionList regions replication replicationLocation replicationProgress
requestPayment requesterQosInfo resourceGroup resourcePool resourcePoolBuckets resourcePoolInfo responseHeader restore
retention rtc seal select sequential stat status style styleName symlink tagging transferAcceleration uploadId uploads
userDefinedLogFieldsConfig versionId versioning versions vod website worm wormExtend wormId x-oss-async-process
x-oss-bucket-antiddos-info x-oss-process x-oss-write-get-object-response antiDDos objectFcAccessPoint tables quota`.split(
    /\s+/,
  ),
)
