//! The names that a user of Terraform sees.
//!
//! * A resource is `truefoundry_` and the manifest's `type`, with every other character than a letter or digit as `_`:
//!   `provider-account/aws-bedrock` is `truefoundry_provider_account_aws_bedrock`. [`RENAMED`] has the few exceptions.
//! * An attribute is the field in snake case: `ownedBy` is `owned_by`. A name that Terraform keeps for itself gets the
//!   suffix `_name`.
//! * A variant of a union is what tells it from the others: the last part of its `type`, without `-based` or `-auth` at
//!   the end; a variant without a `type` is its object's name without what all variants have in common.

/// Kinds that are called otherwise than the rule says, by manifest type.
pub const RENAMED: [(&str, &str); 6] = [
    ("chat_prompt", "truefoundry_prompt_version"),
    ("data-dir", "truefoundry_data_directory"),
    // The newer of the two kinds of agent has the plain name.
    ("agent", "truefoundry_legacy_agent"),
    ("truefoundry-agent", "truefoundry_agent"),
    ("tenant-budget-config", "truefoundry_gateway_tenant_budget"),
    ("team-budget-config", "truefoundry_gateway_team_budget"),
];

/// Names that Terraform keeps for itself at the top of a resource.
const RESERVED: [&str; 7] =
    ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/// The Terraform type of the resource for a manifest type.
#[must_use]
pub fn resource(manifest_type: &str) -> String {
    let renamed = RENAMED.iter().find(|(from, _)| *from == manifest_type);
    renamed.map_or_else(|| format!("truefoundry_{}", snake(manifest_type)), |(_, to)| (*to).to_owned())
}

/// What messages call an object of this kind: `AWS Bedrock provider account` is `provider account aws-bedrock`.
#[must_use]
pub fn title(manifest_type: &str) -> String {
    match manifest_type.split_once('/') {
        Some((family, kind)) => format!("{kind} {}", family.replace('-', " ")),
        None => manifest_type.replace(['-', '_'], " "),
    }
}

/// The attribute for a field of the wire; `top` says that it stands at the top of a resource.
#[must_use]
pub fn attribute(field: &str, top: bool) -> String {
    let name = snake(field);
    if top && RESERVED.contains(&name.as_str()) { format!("{name}_name") } else { name }
}

/// The name of a variant by the text of its `type`.
#[must_use]
pub fn tagged_variant(tag: &str) -> String {
    let last = tag.rsplit('/').next().unwrap_or(tag);
    let short = last.strip_suffix("-based").or_else(|| last.strip_suffix("-auth")).unwrap_or(last);
    snake(if short.is_empty() { last } else { short })
}

/// The names of variants that only their objects' names tell apart.
#[must_use]
pub fn untagged_variants(objects: &[&str]) -> Vec<String> {
    let words: Vec<Vec<String>> = objects.iter().map(|name| words(name)).collect();
    if let [alone] = words.as_slice() {
        return vec![alone.join("_")];
    }
    let common = |side: fn(&[String], usize) -> Option<&String>| {
        let shortest = words.iter().map(Vec::len).min().unwrap_or(0);
        (0..shortest.saturating_sub(1))
            .take_while(|&n| words.iter().all(|each| side(each, n) == side(&words[0], n)))
            .count()
    };
    let front = common(|words, n| words.get(n));
    let back = common(|words, n| words.iter().rev().nth(n));
    words.iter().map(|each| each[front..each.len().saturating_sub(back).max(front + 1)].join("_")).collect()
}

/// Snake case: every run of other characters than letters and digits is one `_`, and so is every start of a word.
#[must_use]
pub fn snake(text: &str) -> String {
    words(text).join("_")
}

fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let characters: Vec<char> = text.chars().collect();
    let mut fresh = true;
    for (index, &character) in characters.iter().enumerate() {
        if !character.is_ascii_alphanumeric() {
            fresh = true;
            continue;
        }
        let after = |n: usize| characters.get(index.wrapping_add(n)).copied().unwrap_or(' ');
        let before = index.checked_sub(1).and_then(|index| characters.get(index)).copied().unwrap_or(' ');
        // `fooBar` is two words, `fooURL` as well, and so is `URLFoo`.
        let starts =
            character.is_ascii_uppercase() && (!before.is_ascii_uppercase() || after(1).is_ascii_lowercase());
        if fresh || starts {
            words.push(String::new());
        }
        fresh = false;
        if let Some(word) = words.last_mut() {
            word.push(character.to_ascii_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_one_would_guess() {
        assert_eq!(resource("provider-account/aws-bedrock"), "truefoundry_provider_account_aws_bedrock");
        assert_eq!(resource("gateway-rate-limiting-config"), "truefoundry_gateway_rate_limiting_config");
        assert_eq!(resource("settings/ai-features"), "truefoundry_settings_ai_features");
        assert_eq!(resource("data-dir"), "truefoundry_data_directory");
        assert_eq!(title("provider-account/aws-bedrock"), "aws-bedrock provider account");
        assert_eq!(title("secret-group"), "secret group");
        assert_eq!(attribute("ownedBy", true), "owned_by");
        assert_eq!(attribute("createdByURL", false), "created_by_url");
        assert_eq!(attribute("provider", true), "provider_name");
        assert_eq!(attribute("provider", false), "provider");
        assert_eq!(snake("a2aURLThing-x_y"), "a2a_url_thing_x_y");
    }

    #[test]
    fn variants_are_what_tells_them_apart() {
        assert_eq!(tagged_variant("integration/blob-storage/aws/s3"), "s3");
        assert_eq!(tagged_variant("assumed-role-based"), "assumed_role");
        assert_eq!(tagged_variant("api-key"), "api_key");
        assert_eq!(tagged_variant("basic-auth"), "basic");
        assert_eq!(
            untagged_variants(&["PerThousandTokensCostMetric", "OcrCostMetric", "PublicCostMetric"]),
            ["per_thousand_tokens", "ocr", "public"]
        );
        assert_eq!(untagged_variants(&["KeyPresenceSpec", "KeyValueSpec"]), ["presence", "value"]);
        assert_eq!(untagged_variants(&["FlyteTask", "FlyteWorkflow"]), ["task", "workflow"]);
        assert_eq!(untagged_variants(&["RefusalContentPart"]), ["refusal_content_part"]);
    }
}
