// File systems by their number in Linux: `f_type` of statfs(2).

interface KnownFileSystem {
  readonly name: string
  /** Where the files are stored. A network or another process may take any time to answer. */
  readonly reach: 'machine' | 'network' | 'process'
  /** False if the file system invents inode numbers and changes them with the next mount. */
  readonly hasStableInodes: boolean
}

const local = (name: string): KnownFileSystem => ({ name, reach: 'machine', hasStableInodes: true })

const byType: ReadonlyMap<number, KnownFileSystem> = new Map<number, KnownFileSystem>([
  [0xef53, local('ext4')],
  [0x58465342, local('xfs')],
  [0x9123683e, local('btrfs')],
  [0xf2f52010, local('f2fs')],
  [0x2fc12fc1, local('zfs')],
  [0x01021994, local('tmpfs')],
  [0x858458f6, local('ramfs')],
  [0x794c7630, local('overlay')],
  // NFS uses its file id as inode number.
  [0x6969, { name: 'nfs', reach: 'network', hasStableInodes: true }],
  [0xfe534d42, { name: 'smb', reach: 'network', hasStableInodes: false }],
  [0xff534d42, { name: 'smb', reach: 'network', hasStableInodes: false }],
  [0x65735546, { name: 'fuse', reach: 'process', hasStableInodes: false }],
  [0x01021997, { name: '9p', reach: 'network', hasStableInodes: false }],
  [0x4d44, { name: 'fat', reach: 'machine', hasStableInodes: false }],
  [0x2011bab0, { name: 'exfat', reach: 'machine', hasStableInodes: false }],
])

/** Describes a file system. `undefined` on systems other than Linux, and for an unknown number. */
export function knownFileSystem(type: number): KnownFileSystem | undefined {
  return process.platform === 'linux' ? byType.get(type) : undefined
}
