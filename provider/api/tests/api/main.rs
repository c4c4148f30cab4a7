//! The client against real HTTP servers on loopback.

#[cfg(test)]
mod applications;
#[cfg(test)]
mod common;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod tls;
