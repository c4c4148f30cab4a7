//! A resource that is a model of floats, behind an API that keeps doubles.

use std::collections::BTreeMap;

use tfplugin::model::{Attr, Model};
use tfplugin::schema::{IdentityAttribute, IdentitySchema, Numbers, Schema};
use tfplugin::value::{Number, Type, Value};
use tfplugin::{
    Change, Context, Diagnostic, Diagnostics, Failed, MoveSource, Plan, Resource, State, Stored, async_trait,
};

use crate::thing::Greeting;

#[derive(Debug, Model)]
pub(crate) struct Measure {
    #[tf(computed, use_state_for_unknown)]
    id: Attr<String>,
    #[tf(requires_replace)]
    share: f64,
    #[tf(default(0.1))]
    rest: f64,
    shares: Option<Vec<f64>>,
    exact: Option<Number>,
    parts: Option<BTreeMap<String, Part>>,
}

#[derive(Debug, Model)]
pub(crate) struct Part {
    weight: f64,
    port: Option<u16>,
}

pub(crate) fn ty() -> Type {
    Measure::schema().ty()
}

pub(crate) struct Measured;

/// The object as the API has it: it was read and written as a model.
fn kept(value: &Value) -> Result<Value, Diagnostics> {
    let mut measure = Measure::from_value(value)?;
    measure.id.settle(|| "1".to_owned());
    Ok(measure.into_value())
}

fn state(value: &Value) -> Result<State, Diagnostics> {
    let mut state = State::from(kept(value)?);
    state.private.insert("share".into(), serde_json::json!(0.1 + 0.2));
    state.identity = Value::object([("share", state.value.get("share").clone())]);
    Ok(state)
}

#[async_trait]
impl Resource<Greeting> for Measured {
    fn schema(&self) -> Schema {
        Measure::schema().version(2)
    }

    fn identity(&self) -> Option<IdentitySchema> {
        let share = IdentityAttribute::required(Type::Number).numbers(Numbers::Float64);
        Some(IdentitySchema::new([("share", share)]))
    }

    /// As one who reads and writes a model does: numbers come back as the model has them.
    async fn plan(&self, _: &Context<Greeting>, plan: &mut Plan) -> Result<(), Diagnostics> {
        if !plan.planned.is_null() {
            plan.planned = Measure::from_value(&plan.planned)?.into_value();
        }
        Ok(())
    }

    async fn create(&self, _: &Context<Greeting>, change: &Change) -> Result<State, Failed> {
        Ok(state(&change.planned)?)
    }

    async fn read(&self, _: &Context<Greeting>, old: &State) -> Result<Option<State>, Diagnostics> {
        if old.private.get("share") != Some(&serde_json::json!(0.1 + 0.2)) {
            return Err(Diagnostic::error("the private data has changed").into());
        }
        state(&old.value).map(Some)
    }

    async fn update(&self, _: &Context<Greeting>, change: &Change) -> Result<State, Failed> {
        Ok(state(&change.planned)?)
    }

    async fn delete(&self, _: &Context<Greeting>, _: &State) -> Result<(), Failed> {
        Ok(())
    }

    fn upgrade(&self, _: i64, state: &Stored) -> Result<Value, Diagnostics> {
        state.read(&ty()).map_err(|error| Diagnostic::error(error.to_string()).into())
    }

    async fn take_over(
        &self,
        _: &Context<Greeting>,
        source: &MoveSource,
    ) -> Result<Option<State>, Diagnostics> {
        let state = source.read(&ty()).map_err(|error| Diagnostic::error(error.to_string()))?;
        Ok(Some(state.into()))
    }
}
