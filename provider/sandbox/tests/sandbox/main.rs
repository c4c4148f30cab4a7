//! The sandbox as its clients see it: over HTTP, and as a program.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod applications;
#[cfg(test)]
mod clusters;
#[cfg(test)]
mod common;
#[cfg(test)]
mod controls;
#[cfg(test)]
mod environments;
#[cfg(test)]
mod every_kind;
#[cfg(test)]
mod generic;
#[cfg(test)]
mod load;
#[cfg(test)]
mod people;
#[cfg(test)]
mod program;
#[cfg(test)]
mod switches;
#[cfg(test)]
mod workspaces;
