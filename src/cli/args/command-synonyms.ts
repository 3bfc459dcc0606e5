// Commands that users of ossutil, rclone, aws s3, gsutil or mc may type, and what replaces them here. Edit distance
// would suggest wrong commands: `mb`, which makes a bucket, for `mv`.

const up = 'Write ossup upload <file or folder> oss://bucket/prefix/.'
const down = 'Write ossup download oss://bucket/key.'
const bothWays = `To OSS: ossup upload <file> oss://bucket/key. From OSS: ossup download oss://bucket/key.`
const notInside = 'Objects cannot be copied or moved inside OSS yet.'
const del = 'Write ossup rm oss://bucket/key, or ossup rm -r oss://bucket/prefix/.'
const list = 'Write ossup ls oss://bucket/prefix.'
const unfinished =
  'ossup status shows unfinished uploads, ossup resume finishes them, ossup clean removes them.'
const credentials =
  'ossup has no configuration of its own: set OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_REGION, or use the files of ossutil or of the Alibaba Cloud CLI. ossup doctor checks them.'
const console = 'Not supported: use the OSS console or ossutil.'

const rows: readonly (readonly [words: string, instead: string])[] = [
  ['cp copy', `${bothWays} ${notInside}`],
  ['mv move rename moveto copyto ren', `${notInside} ${bothWays}`],
  ['sync rsync mirror bisync', `${up} It sends new and changed files, and deletes nothing.`],
  ['put push send up put-object rcat pipe store backup append add', up],
  ['get pull fetch down get-object save', down],
  ['restore', `${console} To get a file back: ossup download oss://bucket/key.`],
  ['delete del remove unlink erase purge deletefile delete-object rmdir', del],
  ['list dir find tree lsd lsl lsf lsjson list-objects list-objects-v2 list-buckets search', list],
  [
    'head info show head-object object-info hash md5sum hashsum crc',
    'Write ossup stat oss://bucket/key.',
  ],
  ['size usage count ncdu about space', 'Write ossup du oss://bucket/prefix.'],
  [
    'presign signurl sign-url url link share presigned signed-url publish',
    'Write ossup sign oss://bucket/key.',
  ],
  ['check compare diff cmp checksum crc64 validate', 'Write ossup verify <file> oss://bucket/key.'],
  ['print type more less view', 'Write ossup cat oss://bucket/key.'],
  ['mkbucket make-bucket create create-bucket createbucket mkbkt', 'Write ossup mb oss://bucket.'],
  ['mkdir md', 'OSS has no folders: a key such as a/b.txt makes them appear. A bucket: ossup mb.'],
  [
    'rb delete-bucket rmbucket lrb',
    'ossup deletes no buckets: empty it with ossup rm -r, then delete it in the OSS console.',
  ],
  [
    'abort cancel cleanup prune gc forget discard abort-multipart-upload',
    `Write ossup clean. ${unfinished}`,
  ],
  ['continue retry restart finish', `Write ossup resume. ${unfinished}`],
  [
    'ps jobs list-multipart-uploads lcb listpart uploads pending queue',
    `Write ossup status. ${unfinished}`,
  ],
  ['config configure login auth alias init setup account logout whoami', credentials],
  ['server start minio emulator local mock http webdav', 'Write ossup serve.'],
  ['probe test ping diagnose diag debug check-connection support', 'Write ossup doctor.'],
  [
    'completions complete autocomplete bash-completion install-completion',
    'Write ossup completion bash, zsh or fish.',
  ],
  ['man usage-help commands options', 'Write ossup help.'],
  ['touch', `${up} An empty object: ossup upload - oss://bucket/key < /dev/null`],
  [
    'mount acl setmeta set-meta set-acl tag tagging object-tagging bucket-tagging lifecycle versioning version-list website logging inventory replication policy cors-config bucket-policy event notification encryption retention symlink create-symlink process rewrite compose user-qos requestpayment referer resource-group stat-bucket api admin watch undo revert',
    console,
  ],
]

/** The suggestion for a command that ossup does not have. */
export function commandInstead(typed: string): string | undefined {
  const word = typed.toLowerCase().replaceAll('_', '-')
  return rows.find(([words]) => words.split(' ').includes(word))?.[1]
}

/** All words that have a suggestion, for the tests. */
export const commandWords: readonly string[] = rows.flatMap(([words]) => words.split(' '))
