// go-sdk drives the local OSS with the official Go SDK (v1, as Debian packages it) and stops at the first
// thing that is not as OSS would have it.
//
//	go-sdk ENDPOINT ID SECRET FOLDER
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
)

const name = "go-bucket"

func check(ok bool, format string, args ...any) {
	if !ok {
		fmt.Fprintf(os.Stderr, "go-sdk: "+format+"\n", args...)
		os.Exit(1)
	}
}

func must(err error, what string) {
	check(err == nil, "%s: %v", what, err)
}

// failsWith checks that the service refused with this code.
func failsWith(err error, code string) {
	service, ok := err.(oss.ServiceError)
	check(ok && service.Code == code, "expected %s, got %v", code, err)
	check(service.RequestID != "", "%s has no request id", code)
}

func main() {
	endpoint, id, secret, folder := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	client, err := oss.New(endpoint, id, secret)
	must(err, "New")
	must(client.CreateBucket(name, oss.ACL(oss.ACLPrivate)), "CreateBucket")
	exists, err := client.IsBucketExist(name)
	must(err, "IsBucketExist")
	check(exists, "the bucket is not listed")
	info, err := client.GetBucketInfo(name)
	must(err, "GetBucketInfo")
	check(info.BucketInfo.Location == "oss-cn-hangzhou", "location %q", info.BucketInfo.Location)
	bucket, err := client.Bucket(name)
	must(err, "Bucket")

	putAndGet(bucket)
	listCopyDelete(bucket)
	multipart(bucket, folder)
	wrongCredentials(endpoint, id)

	must(client.DeleteBucket(name), "DeleteBucket")
	_, err = client.GetBucketInfo(name)
	failsWith(err, "NoSuchBucket")
	fmt.Println("go-sdk", oss.Version, "ok")
}

func read(bucket *oss.Bucket, key string, options ...oss.Option) string {
	body, err := bucket.GetObject(key, options...)
	must(err, "GetObject "+key)
	defer body.Close()
	text, err := io.ReadAll(body)
	must(err, "read "+key)
	return string(text)
}

func putAndGet(bucket *oss.Bucket) {
	for _, key := range []string{"plain", "dir/ä ö+ü%2F?&=#", "a//b/'()*!"} {
		must(bucket.PutObject(key, strings.NewReader("hello world"), oss.Meta("uid", "7")), "PutObject "+key)
		check(read(bucket, key) == "hello world", "content of %q", key)
		check(read(bucket, key, oss.Range(6, 10)) == "world", "range of %q", key)
		meta, err := bucket.GetObjectDetailedMeta(key)
		must(err, "GetObjectDetailedMeta")
		check(meta.Get("X-Oss-Meta-Uid") == "7", "metadata of %q", key)
		check(meta.Get("X-Oss-Hash-Crc64ecma") == "5981764153023615706", "CRC of %q", key)
	}
	_, err := bucket.GetObject("absent")
	failsWith(err, "NoSuchKey")
	must(bucket.SetObjectACL("plain", oss.ACLPublicRead), "SetObjectACL")
	acl, err := bucket.GetObjectACL("plain")
	must(err, "GetObjectACL")
	check(acl.ACL == "public-read", "ACL %q", acl.ACL)
}

func listCopyDelete(bucket *oss.Bucket) {
	keys := []string{"l/a", "l/b/1", "l/b/2", "l/c", "l/ü &"}
	for _, key := range keys {
		must(bucket.PutObject(key, strings.NewReader(key)), "PutObject "+key)
	}
	var found []string
	marker := ""
	for {
		page, err := bucket.ListObjects(oss.Prefix("l/"), oss.Marker(marker), oss.MaxKeys(2))
		must(err, "ListObjects")
		for _, object := range page.Objects {
			found = append(found, object.Key)
		}
		if !page.IsTruncated {
			break
		}
		marker = page.NextMarker
	}
	check(strings.Join(found, "|") == strings.Join(keys, "|"), "listed %v", found)
	page, err := bucket.ListObjects(oss.Prefix("l/"), oss.Delimiter("/"))
	must(err, "ListObjects")
	check(len(page.Objects) == 3 && len(page.CommonPrefixes) == 1, "delimited %v %v", page.Objects, page.CommonPrefixes)
	_, err = bucket.CopyObject("l/ü &", "l/copy")
	must(err, "CopyObject")
	check(read(bucket, "l/copy") == "l/ü &", "copy")
	deleted, err := bucket.DeleteObjects(append(keys, "l/copy"))
	must(err, "DeleteObjects")
	check(len(deleted.DeletedObjects) == 6, "deleted %v", deleted.DeletedObjects)
	all, err := bucket.ListObjects()
	must(err, "ListObjects")
	for _, object := range all.Objects {
		must(bucket.DeleteObject(object.Key), "DeleteObject")
	}
}

func multipart(bucket *oss.Bucket, folder string) {
	const part = 100 * 1024
	content := bytes.Repeat([]byte("resume "), 5*part/7+1)
	file := filepath.Join(folder, "source.bin")
	must(os.WriteFile(file, content, 0o600), "WriteFile")
	checkpoint := filepath.Join(folder, "source.cp")

	// The server was told to refuse the third part once: the first run ends there, the second continues.
	err := bucket.UploadFile("big", file, part, oss.Routines(1), oss.Checkpoint(true, checkpoint))
	check(err != nil, "the first run was not stopped")
	uploads, err := bucket.ListMultipartUploads()
	must(err, "ListMultipartUploads")
	check(len(uploads.Uploads) == 1, "unfinished uploads: %v", uploads.Uploads)
	imur := oss.InitiateMultipartUploadResult{Bucket: name, Key: "big", UploadID: uploads.Uploads[0].UploadID}
	parts, err := bucket.ListUploadedParts(imur)
	must(err, "ListUploadedParts")
	check(len(parts.UploadedParts) == 2, "kept %v", parts.UploadedParts)
	must(bucket.UploadFile("big", file, part, oss.Routines(3), oss.Checkpoint(true, checkpoint)), "UploadFile")
	check(read(bucket, "big") == string(content), "content of the resumed upload")
	again, err := bucket.ListMultipartUploads()
	must(err, "ListMultipartUploads")
	check(len(again.Uploads) == 0, "left behind: %v", again.Uploads)
	target := filepath.Join(folder, "target.bin")
	must(bucket.DownloadFile("big", target, part, oss.Routines(2)), "DownloadFile")
	must(bucket.CopyFile(name, "big", "big-copy", part, oss.Routines(2)), "CopyFile")
	check(read(bucket, "big-copy") == string(content), "content of the copy in parts")

	imur, err = bucket.InitiateMultipartUpload("gone")
	must(err, "InitiateMultipartUpload")
	must(bucket.AbortMultipartUpload(imur), "AbortMultipartUpload")
	failsWith(bucket.AbortMultipartUpload(imur), "NoSuchUpload")
	for _, key := range []string{"big", "big-copy"} {
		must(bucket.DeleteObject(key), "DeleteObject")
	}
}

func wrongCredentials(endpoint, id string) {
	for _, wrong := range []struct{ id, code string }{
		{id, "SignatureDoesNotMatch"},
		{"nobody", "InvalidAccessKeyId"},
	} {
		client, err := oss.New(endpoint, wrong.id, "wrong")
		must(err, "New")
		_, err = client.ListBuckets()
		failsWith(err, wrong.code)
	}
}
