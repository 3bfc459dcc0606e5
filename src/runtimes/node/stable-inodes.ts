// Whether a file keeps its inode number while it stays the same file. FAT, most of FUSE, SMB and 9p
// make numbers up and change them with the next mount; that would look like another file and cost a
// hashing of all that was sent. Where it is not known to be stable, the number is left out: a file
// that took another's place shows in its ctime.

import { statfs } from 'node:fs/promises'

/** `f_type` of Linux's statfs(2). */
const stable = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xf2f52010, // f2fs
  0x2fc12fc1, // zfs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
  0x6969, // NFS: its file id
])

/** On macOS the local default, APFS, is stable. Windows has no cheap way to tell NTFS from the rest. */
export async function hasStableInodes(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false
  if (process.platform !== 'linux') return true
  try {
    const { type } = await statfs(path)
    return stable.has(type)
  } catch {
    return false
  }
}
