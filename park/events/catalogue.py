"""The event catalogue as JSON Schema, AsyncAPI and a Markdown table, made from the facts alone."""

from typing import Any, get_args

import msgspec

from park.events.envelope import Event, encode
from park.events.examples import examples
from park.events.facts import Fact

DIALECT = "https://json-schema.org/draft/2020-12/schema"

BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}

Json = dict[str, Any]


def facts() -> list[type[Fact]]:
    """Return every fact of the catalogue, in its order."""
    return list(get_args(Fact))


def summary(fact: type[Fact]) -> str:
    """Return the first line of a fact's docstring."""
    return (fact.__doc__ or "").strip().splitlines()[0].replace("``", "`")


def data_schema(fact: type[Fact]) -> Json:
    """Return the JSON Schema of a fact: the ``data`` of its events."""
    _, made = msgspec.json.schema_components([fact], ref_template="#/$defs/{name}")
    components = plain_bounds(made)
    described: Json = components[fact.__name__] | {"description": summary(fact)}
    return {key: value for key, value in described.items() if key != "title"}


def plain_bounds(schema: Any) -> Any:  # noqa: ANN401
    """Return a schema with whole bounds written without a fraction.

    Of two annotations that are equal, as with bounds 5 and 5.0, Python keeps the one that any module has made
    first: what is written would depend on the order of imports.
    """
    if isinstance(schema, list):
        return [plain_bounds(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: int(value) if key in BOUNDS and value == int(value) else plain_bounds(value)
        for key, value in schema.items()
    }


def schema(fact: type[Fact]) -> Json:
    """Return the JSON Schema (2020-12) of a whole event, envelope and data, of one type."""
    _, components = msgspec.json.schema_components([Event], ref_template="#/$defs/{name}")
    envelope = components[Event.__name__]
    narrowed = {
        "type": {"const": fact.TYPE},
        "specversion": {"const": "1.0"},
        "data": data_schema(fact),
    }
    return {
        "$schema": DIALECT,
        "title": fact.TYPE,
        "description": summary(fact),
        "type": "object",
        "properties": envelope["properties"] | narrowed,
        "required": [*envelope["required"], "specversion"],
    }


def asyncapi(version: str) -> Json:
    """Return the AsyncAPI 3.0 document of the stream; each message's payload is its schema file."""
    messages = {fact.TYPE: _message(fact) for fact in facts()}
    references = [{"$ref": f"#/channels/events/messages/{name}"} for name in messages]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Gwanje events",
            "version": version,
            "description": "CloudEvents 1.0 in JSON. One stream entry has one field, `ce`: the event's bytes."
            " At least once; `(source, id)` is the identity.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "events": {
                "address": "events:{park}",
                "title": "The Redis stream of one park",
                "parameters": {"park": {"description": "Name of the park, a folder under parks/."}},
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": {
            "append": _operation("receive", "Events come in: feeds, cameras, operators.", references),
            "follow": _operation("send", "Events go out: the recorder, the watch, every screen.", references),
        },
        "components": {"messages": messages},
    }


def _operation(action: str, text: str, references: list[Json]) -> Json:
    return {
        "action": action,
        "summary": text,
        "channel": {"$ref": "#/channels/events"},
        "messages": references,
    }


def _message(fact: type[Fact]) -> Json:
    return {
        "name": fact.TYPE,
        "summary": summary(fact),
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"schemas/{fact.TYPE}.json"},
        },
        "examples": [{"payload": msgspec.json.decode(encode(examples()[fact.TYPE]))}],
    }


def table() -> str:
    """Return the catalogue as a Markdown table; an optional field ends in ``?``."""
    rows = [
        f"| [`{fact.TYPE}`](schemas/{fact.TYPE}.json) | {summary(fact)} | {_fields(fact)} |"
        for fact in facts()
    ]
    return "\n".join(["| Type | What it says | `data` |", "|---|---|---|", *rows, ""])


def _fields(fact: type[Fact]) -> str:
    described = data_schema(fact)
    required = described.get("required", [])
    return "<br>".join(
        f"`{name}{'' if name in required else '?'}` {_describe(field)}"
        for name, field in described["properties"].items()
    )


def _describe(field: Json) -> str:
    """Say in a few words what a field may hold."""
    if "enum" in field:
        return " ".join(f"`{value}`" for value in field["enum"])
    if "anyOf" in field:
        return _describe(next(part for part in field["anyOf"] if part.get("type") != "null"))
    words = str(field.get("format") or field["type"])
    if field["type"] == "array" and "prefixItems" in field:
        words = f"{len(field['prefixItems'])} × {_describe(field['prefixItems'][0])}"
    elif field["type"] == "array":
        words = f"list of {_describe(field['items'])}"
    bounds = [
        sign + format(field[key], "g")
        for key, sign in (
            ("minimum", "≥ "),
            ("exclusiveMinimum", "> "),
            ("maximum", "≤ "),
            ("exclusiveMaximum", "< "),
        )
        if key in field
    ]
    return " ".join([words, *bounds])
