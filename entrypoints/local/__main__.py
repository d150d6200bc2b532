"""The `sls-pypi` command. What it imports takes a moment, in which it may be interrupted already."""

import sys


def main(arguments: list[str] | None = None) -> None:
    """Run the command; 0 done, 1 failed, 2 called or set up wrongly, each with one line on stderr."""
    try:
        from entrypoints.local.commands import run  # noqa: PLC0415 - the moment that is meant

        run(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("sls-pypi: interrupted\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
