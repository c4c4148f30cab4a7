//! What cannot be a pool, or a node.

use super::pools::{families, is_category};
use super::presets::Preset;
use crate::plan::names::{self, Arn};
use crate::plan::problem::Problems;
use crate::plan::regions::Region;
use crate::plan::support::instances::{self, Family, Of};
use crate::spec::{self, Architecture, Capacity, Path, PoolOptions, Reservation, Spec, patterns};
use crate::suggest::{all_of, one_of};

/// Checks what all nodes have alike.
pub(super) fn nodes(problems: &mut Problems, nodes: &spec::Nodes, spec: &Spec, region: &Region) {
    let path = Path::new("compute.nodes");
    let ami = &nodes.ami;
    if !patterns::IMAGE.fits(ami) {
        let added = problems.add(&path.key("ami"), format!("`{ami}` is not a release of an image"));
        let added = if ami.ends_with("@latest") {
            added.note("with `latest`, each new image would replace every node as soon as it is out")
        } else {
            added
        };
        added.hint("write for example `al2023@v20260728`; https://github.com/awslabs/amazon-eks-ami/releases lists them");
    }
    if let Some(key) = &nodes.kms {
        check_key(problems, &path.key("kms"), key, spec, region);
    }
}

fn check_key(problems: &mut Problems, path: &Path, text: &str, spec: &Spec, region: &Region) {
    let here = (region.partition(), region.name());
    let fits = patterns::KEY_ARN.fits(text)
        && Arn::parse(text).is_some_and(|arn| (arn.partition, arn.region) == here);
    problems.require(
        fits,
        path,
        format!("`{text}` is not the ARN of a KMS key in `{}`", region.name()),
        &format!(
            "write it as `arn:{}:kms:{}:{}:key/...`; an alias is not enough",
            here.0, here.1, spec.aws.account
        ),
    );
}

/// Checks the options of a pool.
pub(super) fn pool(problems: &mut Problems, path: &Path, preset: &Preset, options: &PoolOptions) {
    check_capacity(problems, path, preset, options);
    check_architectures(problems, &path.key("architectures"), options);
    check_families(problems, &path.key("families"), preset, options);
    check_limits(problems, &path.key("limits"), options);
    check_budgets(problems, &path.key("budgets"), options);
    let ages = [
        ("consolidate_after", &options.consolidate_after, true),
        ("expire_after", &options.expire_after, true),
        ("termination_grace_period", &options.termination_grace_period, false),
    ];
    for (key, text, never) in ages {
        if let Some(text) = text {
            check_duration(problems, &path.key(key), text, never);
        }
    }
}

fn check_capacity(problems: &mut Problems, path: &Path, preset: &Preset, options: &PoolOptions) {
    let at = path.key("capacity");
    let capacity = options.capacity.as_deref().unwrap_or(preset.capacity);
    let allowed: Vec<&str> = preset.allowed.iter().map(|one| one.name()).collect();
    problems.require(
        !capacity.is_empty(),
        &at,
        "`capacity` lists nothing that a node could be paid with",
        &format!("write at least one of {}", one_of(&allowed)),
    );
    for (i, one) in capacity.iter().enumerate() {
        let name = one.name();
        if !preset.allowed.contains(one) {
            problems
                .add(&at.index(i), format!("the pool `{}` takes no `{name}` instances", preset.key))
                .note("AWS takes a spot instance back with two minutes' notice, and what runs here is not to be moved")
                .hint(format!("write {}", one_of(&allowed)));
        }
        problems.require(
            !capacity[..i].contains(one),
            &at.index(i),
            format!("`{name}` is listed twice"),
            "keep one of them",
        );
    }
    let reserved = capacity.contains(&Capacity::Reserved);
    problems.require(
        !reserved || !options.reservations.is_empty(),
        &at,
        "`reserved` needs reservations to start instances from",
        "list them in `reservations`: `[{ id: cr-... }]`, or `[{ tags: { team: ml } }]`",
    );
    problems.require(
        reserved || options.reservations.is_empty(),
        &path.key("reservations"),
        "reservations are used by `reserved` instances, and `capacity` has none",
        "add `reserved` to `capacity`",
    );
    for (i, reservation) in options.reservations.iter().enumerate() {
        check_reservation(problems, &path.key("reservations").index(i), reservation);
    }
}

fn check_reservation(problems: &mut Problems, path: &Path, reservation: &Reservation) {
    match reservation {
        Reservation::Id(id) => problems.require(
            patterns::RESERVATION_ID.fits(id),
            &path.key("id"),
            format!("`{id}` is not the ID of a capacity reservation"),
            "write it as `cr-` and 17 digits of `0-9a-f`",
        ),
        Reservation::Tags(tags) => {
            let at = path.key("tags");
            let (message, hint) = (
                "a reservation is found by at least one tag with a value",
                "write for example `{ team: ml }`",
            );
            problems.require(!tags.is_empty(), &at, message, hint);
            for (key, value) in tags {
                let fits = [key, value].into_iter().all(|text| patterns::SOMETHING.fits(text));
                problems.require(fits, &at.key(key), message, hint);
            }
        }
    }
}

fn check_architectures(problems: &mut Problems, path: &Path, options: &PoolOptions) {
    problems.require(
        options.architectures.as_ref().is_none_or(|list| !list.is_empty()),
        path,
        "`architectures` lists none",
        "write `[amd64]`, `[arm64]` or both",
    );
}

fn check_families(problems: &mut Problems, path: &Path, preset: &Preset, options: &PoolOptions) {
    let families = families(preset, options);
    problems.require(
        !families.is_empty(),
        path,
        "`families` lists no instances",
        "write categories such as `[m, c, r]`, or families such as `[m7i, m6i]`",
    );
    for (i, name) in families.iter().enumerate() {
        let at = path.index(i);
        if !patterns::FAMILY.fits(name) {
            let added =
                problems.add(&at, format!("`{name}` is neither a category nor a family of EC2 instances"));
            added.hint("write a category such as `m`, or a family such as `m7i`");
            continue;
        }
        problems.require(
            !families[..i].contains(name),
            &at,
            format!("`{name}` is listed twice"),
            "keep one of them",
        );
        if !is_category(name)
            && let Family::None(near) = instances::family(name, Of::Machines)
        {
            let added = problems.add(&at, format!("there is no family `{name}` of EC2 instances"));
            match near {
                Some(near) => added.hint(format!("did you mean `{near}`?")),
                None => added.hint("`aws ec2 describe-instance-types` lists what there is"),
            }
            continue;
        }
        check_processors(problems, &at, name, preset, options);
    }
    let (categories, families): (Vec<&String>, Vec<&String>) =
        families.iter().partition(|name| is_category(name));
    if let (false, false) = (categories.is_empty(), families.is_empty()) {
        problems
            .add(
                path,
                format!(
                    "categories ({}) and families ({}) do not go together",
                    all_of(&categories),
                    all_of(&families)
                ),
            )
            .note("Karpenter would take what is of the category and of the family at once")
            .hint("write categories alone, or families alone");
    }
}

/// Whether the nodes could run what shall run there.
fn check_processors(problems: &mut Problems, at: &Path, name: &str, preset: &Preset, options: &PoolOptions) {
    if ["inf", "trn"].iter().any(|neuron| name.starts_with(neuron)) {
        return problems
            .add(at, format!("`{name}` has processors of AWS's own, which no pod could ask for"))
            .note("nothing is installed that hands them to pods: the plugin for them has no chart that is pinned here")
            .hint("use GPUs (`g5`, `g6`, `p4d`, `p5`) in the pool `gpu`");
    }
    let nvidia = (name.starts_with('g') || name.starts_with('p')) && name != "g4ad";
    if preset.gpu != nvidia {
        let added = problems.add(
            at,
            if nvidia {
                format!("`{name}` has GPUs, and the pool `{}` is for pods without", preset.key)
            } else {
                format!("`{name}` has no GPU of NVIDIA")
            },
        );
        added.hint(if nvidia {
            "list it in the pool `gpu`"
        } else {
            "list families such as `g5`, `g6`, `p4d` and `p5`"
        });
    }
    let architectures = options.architectures.as_deref().unwrap_or(&[Architecture::Amd64]);
    let has = if names::has_arm_processors(name) { Architecture::Arm64 } else { Architecture::Amd64 };
    if !is_category(name) && !architectures.is_empty() && !architectures.contains(&has) {
        problems
            .add(at, format!("`{name}` has processors of `{}`, which `architectures` lacks", has.name()))
            .hint(format!("write another family, or add `{}` to `architectures`", has.name()));
    }
}

fn check_limits(problems: &mut Problems, path: &Path, options: &PoolOptions) {
    let Some(limits) = &options.limits else { return };
    problems.require(
        !limits.is_empty(),
        path,
        "`limits` has no limit",
        "write for example `{ cpu: 1000 }`: a pool without one grows as far as the account's quotas",
    );
    for (resource, amount) in limits {
        let at = path.key(resource);
        problems.require(
            patterns::RESOURCE.fits(resource),
            &at,
            format!("`{resource}` is not a resource that nodes have"),
            "write `cpu`, `memory`, `nodes`, or a resource of a device such as `nvidia.com/gpu`",
        );
        let text = amount.to_string();
        problems.require(
            patterns::QUANTITY.fits(&text),
            &at,
            format!("`{text}` is not an amount of `{resource}`"),
            "write a number, or one with a unit: `4000Gi`",
        );
    }
}

fn check_budgets(problems: &mut Problems, path: &Path, options: &PoolOptions) {
    let Some(budgets) = &options.budgets else { return };
    problems.require(
        !budgets.is_empty(),
        path,
        "`budgets` has no budget",
        "leave it out for the pool's own, or write `[{ nodes: \"10%\" }]`",
    );
    for (i, budget) in budgets.iter().enumerate() {
        let at = path.index(i);
        problems.require(
            patterns::NODES.fits(&budget.nodes),
            &at.key("nodes"),
            format!("`{}` is neither a number of nodes nor a share of them", budget.nodes),
            "write `\"1\"` or `\"10%\"`",
        );
        problems.require(
            budget.schedule.is_some() == budget.duration.is_some(),
            &at,
            "a budget has `schedule` and `duration`, or neither",
            "write when it begins and for how long: `{ nodes: \"0\", schedule: \"0 6 * * mon-fri\", duration: 12h }`",
        );
        if let Some(schedule) = &budget.schedule {
            problems.require(
                patterns::SCHEDULE.fits(schedule),
                &at.key("schedule"),
                format!("`{schedule}` has not the five fields of cron"),
                "write minute, hour, day of the month, month and day of the week: `\"0 6 * * mon-fri\"`",
            );
        }
        if let Some(duration) = &budget.duration {
            problems.require(
                patterns::HOURS.fits(duration),
                &at.key("duration"),
                format!("`{duration}` is not a duration of hours and minutes"),
                "write for example `12h` or `1h30m`",
            );
        }
    }
}

fn check_duration(problems: &mut Problems, path: &Path, text: &str, never: bool) {
    let rule = if never { &patterns::DURATION_OR_NEVER } else { &patterns::DURATION };
    let hint = if never {
        "write for example `720h` or `5m`, or `Never`"
    } else {
        "write for example `20m` or `1h30m`"
    };
    problems.require(rule.fits(text), path, format!("`{text}` is not a duration"), hint);
}
