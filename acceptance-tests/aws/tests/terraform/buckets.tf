resource "aws_s3_bucket" "logs" {
  bucket        = "check-logs-one"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.logs.arn}/*" }] })
}

resource "aws_s3_bucket" "this" {
  bucket_prefix = "check-b-"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket                                 = aws_s3_bucket.this.id
  transition_default_minimum_object_size = "all_storage_classes_128K"
  rule {
    id     = "a"
    status = "Enabled"
    filter { prefix = "tmp/" }
    expiration { days = 7 }
  }
  rule {
    id     = "b"
    status = "Enabled"
    filter {
      and {
        prefix                   = "check/"
        tags                     = { k = "v" }
        object_size_greater_than = 1024
      }
    }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    noncurrent_version_expiration {
      noncurrent_days           = 30
      newer_noncurrent_versions = 3
    }
  }
  rule {
    id     = "c"
    status = "Enabled"
    filter {}
    expiration { expired_object_delete_marker = true }
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_logging" "this" {
  bucket        = aws_s3_bucket.this.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "b/"
  depends_on    = [aws_s3_bucket_policy.logs]
}

resource "aws_s3_bucket_notification" "this" {
  bucket      = aws_s3_bucket.this.id
  eventbridge = true
}

resource "aws_s3_object" "this" {
  bucket  = aws_s3_bucket.this.id
  key     = "a/b.txt"
  content = "hello"
}
