"""`gdlab schema`: what may stand in a config, for programs."""

from gdlab.cli.console import write


def command() -> None:
    """Print the JSON schema of a config, for editors that complete and check as one types.

    Keep it with `gdlab schema > gdlab.schema.json`.
    """
    import json

    from gdlab.config.sweep.schema import sweep_schema

    write(json.dumps(sweep_schema(), indent=2))
