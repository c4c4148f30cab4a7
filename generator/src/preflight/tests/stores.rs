//! Database and bucket.

use super::*;

#[test]
fn databases_and_buckets() {
    let none = of_new(|facts| {
        facts.engine_versions = Answer::Absent;
        facts.orderable = Answer::Absent;
        facts.bucket = Answer::Known(BucketName::Taken);
    });
    insta::assert_snapshot!("stores_none", none);
    let few = of_new(|facts| {
        known(&mut facts.orderable).zones = vec!["us-east-1a".to_owned()];
        facts.bucket = Answer::Known(BucketName::Ours);
    });
    insta::assert_snapshot!("stores_few", few);
    let single = of_new(|facts| known(&mut facts.orderable).multi_az = false);
    insta::assert_snapshot!("stores_single", single);
    let unknown = of_new(|facts| {
        let text = "the answer to `rds:DescribeDBEngineVersions` does not tell `EngineVersion`";
        facts.engine_versions = Answer::unchecked(Why::Incomplete, text);
        facts.orderable = Answer::unchecked(Why::Incomplete, text);
        facts.bucket = Answer::unchecked(Why::Unreachable, "https://b.s3.us-east-1.amazonaws.com/: timeout");
    });
    insta::assert_snapshot!("stores_unknown", unknown);
}
