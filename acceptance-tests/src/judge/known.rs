//! What is known to lead to more rights, as tables.

/// What allows everything, of AWS's own.
pub(super) const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Services that act with a role that they are handed, for whoever hands it on: whom the role trusts, to whom it is handed, and what is asked for on what.
pub(super) const SERVICES: [(&str, &str, &str, &str); 23] = [
    (
        "ec2.amazonaws.com",
        "ec2.amazonaws.com",
        "ec2:RunInstances",
        "arn:aws:ec2:{region}:{account}:instance/i-0123456789abcdef0",
    ),
    (
        "ec2.amazonaws.com",
        "ec2.amazonaws.com",
        "iam:AddRoleToInstanceProfile",
        "arn:aws:iam::{account}:instance-profile/{name}",
    ),
    (
        "ec2.amazonaws.com",
        "ec2.amazonaws.com",
        "ec2:AssociateIamInstanceProfile",
        "arn:aws:ec2:{region}:{account}:instance/i-0123456789abcdef0",
    ),
    (
        "ec2.amazonaws.com",
        "ec2.amazonaws.com",
        "ec2:ReplaceIamInstanceProfileAssociation",
        "arn:aws:ec2:{region}:{account}:instance/i-0123456789abcdef0",
    ),
    (
        "ec2.amazonaws.com",
        "eks.amazonaws.com",
        "eks:CreateNodegroup",
        "arn:aws:eks:{region}:{account}:cluster/{name}",
    ),
    (
        "pods.eks.amazonaws.com",
        "pods.eks.amazonaws.com",
        "eks:CreatePodIdentityAssociation",
        "arn:aws:eks:{region}:{account}:cluster/{name}",
    ),
    (
        "lambda.amazonaws.com",
        "lambda.amazonaws.com",
        "lambda:CreateFunction",
        "arn:aws:lambda:{region}:{account}:function:{name}",
    ),
    (
        "ecs-tasks.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "ecs:RunTask",
        "arn:aws:ecs:{region}:{account}:task-definition/{name}:1",
    ),
    (
        "ecs-tasks.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "batch:RegisterJobDefinition",
        "arn:aws:batch:{region}:{account}:job-definition/{name}",
    ),
    (
        "cloudformation.amazonaws.com",
        "cloudformation.amazonaws.com",
        "cloudformation:CreateStack",
        "arn:aws:cloudformation:{region}:{account}:stack/{name}/1",
    ),
    (
        "codebuild.amazonaws.com",
        "codebuild.amazonaws.com",
        "codebuild:CreateProject",
        "arn:aws:codebuild:{region}:{account}:project/{name}",
    ),
    (
        "glue.amazonaws.com",
        "glue.amazonaws.com",
        "glue:CreateJob",
        "arn:aws:glue:{region}:{account}:job/{name}",
    ),
    (
        "sagemaker.amazonaws.com",
        "sagemaker.amazonaws.com",
        "sagemaker:CreateNotebookInstance",
        "arn:aws:sagemaker:{region}:{account}:notebook-instance/{name}",
    ),
    (
        "sagemaker.amazonaws.com",
        "sagemaker.amazonaws.com",
        "sagemaker:CreateTrainingJob",
        "arn:aws:sagemaker:{region}:{account}:training-job/{name}",
    ),
    (
        "sagemaker.amazonaws.com",
        "sagemaker.amazonaws.com",
        "sagemaker:CreateProcessingJob",
        "arn:aws:sagemaker:{region}:{account}:processing-job/{name}",
    ),
    (
        "states.amazonaws.com",
        "states.amazonaws.com",
        "states:CreateStateMachine",
        "arn:aws:states:{region}:{account}:stateMachine:{name}",
    ),
    (
        "scheduler.amazonaws.com",
        "scheduler.amazonaws.com",
        "scheduler:CreateSchedule",
        "arn:aws:scheduler:{region}:{account}:schedule/default/{name}",
    ),
    (
        "events.amazonaws.com",
        "events.amazonaws.com",
        "events:PutTargets",
        "arn:aws:events:{region}:{account}:rule/{name}",
    ),
    (
        "ssm.amazonaws.com",
        "ssm.amazonaws.com",
        "ssm:StartAutomationExecution",
        "arn:aws:ssm:{region}:{account}:automation-definition/{name}:1",
    ),
    ("ssm.amazonaws.com", "ssm.amazonaws.com", "ssm:CreateActivation", "*"),
    (
        "rds.amazonaws.com",
        "rds.amazonaws.com",
        "rds:AddRoleToDBInstance",
        "arn:aws:rds:{region}:{account}:db:{name}",
    ),
    ("datapipeline.amazonaws.com", "datapipeline.amazonaws.com", "datapipeline:CreatePipeline", "*"),
    ("rolesanywhere.amazonaws.com", "rolesanywhere.amazonaws.com", "rolesanywhere:CreateProfile", "*"),
];

/// What a request says.
pub(super) type Said = &'static [(&'static str, &'static str)];

/// Actions by which one acts as the roles of a thing, by the kind of thing; with each, what its request says.
pub(super) const ACTING: [(&str, &str, Said); 18] = [
    ("instance", "ssm:SendCommand", &[]),
    ("instance", "ssm:StartSession", &[]),
    ("instance", "ec2:ModifyInstanceAttribute", &[("ec2:Attribute", "UserData")]),
    ("instance", "ec2-instance-connect:SendSSHPublicKey", &[]),
    ("launch-template", "ec2:CreateLaunchTemplateVersion", &[]),
    ("function", "lambda:UpdateFunctionCode", &[]),
    ("function", "lambda:UpdateFunctionConfiguration", &[]),
    ("task", "ecs:ExecuteCommand", &[]),
    ("stack", "cloudformation:UpdateStack", &[]),
    ("stack", "cloudformation:CreateChangeSet", &[]),
    ("project", "codebuild:UpdateProject", &[]),
    ("project", "codebuild:StartBuild", &[]),
    ("notebook", "sagemaker:CreatePresignedNotebookInstanceUrl", &[]),
    ("state-machine", "states:UpdateStateMachine", &[]),
    ("oidc-provider", "iam:AddClientIDToOpenIDConnectProvider", &[]),
    ("oidc-provider", "iam:UpdateOpenIDConnectProviderThumbprint", &[]),
    ("saml-provider", "iam:UpdateSAMLProvider", &[]),
    ("access-entry", "eks:UpdateAccessEntry", &[]),
];

/// What a grant for a key can be for.
const BY_GRANT: &[&str] = &[
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
];

/// Actions that write the policy of a thing, by the kind of thing, and what they can open it for.
pub(super) const OPENING: [(&str, &str, &[&str]); 8] = [
    ("bucket", "s3:PutBucketPolicy", &["s3:*"]),
    ("file-system", "elasticfilesystem:PutFileSystemPolicy", &["elasticfilesystem:*"]),
    ("key", "kms:PutKeyPolicy", &["kms:*"]),
    ("key", "kms:CreateGrant", BY_GRANT),
    ("queue", "sqs:SetQueueAttributes", &["sqs:*"]),
    ("queue", "sqs:AddPermission", &["sqs:*"]),
    ("repository", "ecr:SetRepositoryPolicy", &["ecr:*"]),
    ("secret", "secretsmanager:PutResourcePolicy", &["secretsmanager:*"]),
];

/// Actions that put tags on a thing and take them off, by the kind of thing.
pub(super) const TAGGING: [(&str, &str, &str); 21] = [
    ("access-entry", "eks:TagResource", "eks:UntagResource"),
    ("bucket", "s3:PutBucketTagging", "s3:PutBucketTagging"),
    ("certificate", "acm:AddTagsToCertificate", "acm:RemoveTagsFromCertificate"),
    ("cluster", "eks:TagResource", "eks:UntagResource"),
    ("database", "rds:AddTagsToResource", "rds:RemoveTagsFromResource"),
    ("file-system", "elasticfilesystem:TagResource", "elasticfilesystem:UntagResource"),
    ("function", "lambda:TagResource", "lambda:UntagResource"),
    ("instance", "ec2:CreateTags", "ec2:DeleteTags"),
    ("key", "kms:TagResource", "kms:UntagResource"),
    ("launch-template", "ec2:CreateTags", "ec2:DeleteTags"),
    ("load-balancer", "elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"),
    ("log-group", "logs:TagResource", "logs:UntagResource"),
    ("oidc-provider", "iam:TagOpenIDConnectProvider", "iam:UntagOpenIDConnectProvider"),
    ("queue", "sqs:TagQueue", "sqs:UntagQueue"),
    ("repository", "ecr:TagResource", "ecr:UntagResource"),
    ("rule", "events:TagResource", "events:UntagResource"),
    ("secret", "secretsmanager:TagResource", "secretsmanager:UntagResource"),
    ("security-group", "ec2:CreateTags", "ec2:DeleteTags"),
    ("subnet", "ec2:CreateTags", "ec2:DeleteTags"),
    ("vpc", "ec2:CreateTags", "ec2:DeleteTags"),
    ("web-acl", "wafv2:TagResource", "wafv2:UntagResource"),
];
