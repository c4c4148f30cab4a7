//! What the caller may do.

use super::*;

#[test]
fn what_the_caller_may_not_do() {
    let denied = of_new(|facts| {
        let verdicts = known(&mut facts.permissions);
        verdicts.insert("eks:CreateCluster".to_owned(), Verdict::NotAllowed);
        verdicts.insert("ec2:CreateVpc".to_owned(), Verdict::Depends);
        verdicts.remove("iam:PassRole");
    });
    insta::assert_snapshot!("permissions_denied", denied);
    let roles = of_new(|facts| {
        let verdicts = known(&mut facts.permissions);
        verdicts.insert("eks:CreateCluster".to_owned(), Verdict::Forbidden);
        verdicts.insert("iam:CreateServiceLinkedRole".to_owned(), Verdict::NotAllowed);
        facts.service_linked_roles.insert("spot".to_owned(), Answer::Absent);
        facts.service_linked_roles.insert("rds".to_owned(), Answer::Absent);
    });
    insta::assert_snapshot!("roles_missing", roles);
    let unknown = of_new(|facts| {
        let text = "IAM simulates no policies for the root user of an account";
        facts.permissions = Answer::unchecked(Why::Denied, text);
        facts.service_linked_roles.insert("rds".to_owned(), Answer::Absent);
        facts.service_linked_roles.remove("eks");
    });
    insta::assert_snapshot!("permissions_unknown", unknown);
    let made = of_new(|facts| {
        facts.service_linked_roles.insert("rds".to_owned(), Answer::Absent);
    });
    assert!(made.starts_with("0 found, 0 could not be checked"), "{made}");
}
