"""Answers of builds: whatever a project's own code writes in their place."""

import json
from pathlib import Path

import pytest

from adapters.building import answers, inside
from adapters.building.stages import BuildFails

FAILURE = "It failed."


def answered(folder: Path, text: str) -> object:
    (folder / inside.ANSWER).write_text(text)
    return answers.said(folder, FAILURE)


def test_what_was_said_is_returned(tmp_path: Path) -> None:
    assert answered(tmp_path, '{"said": ["frob-1.0.tar.gz"]}') == ["frob-1.0.tar.gz"]
    assert answered(tmp_path, '{"said": null}') is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '"said"', '{"refused": 1}', '{"refused": ""}', "[" * 100_000])
def test_whatever_else_is_a_failure(tmp_path: Path, text: str) -> None:
    with pytest.raises(BuildFails, match=FAILURE):
        answered(tmp_path, text)


def test_a_reason_is_one_line_that_anybody_may_have_written(tmp_path: Path) -> None:
    with pytest.raises(BuildFails) as failed:
        answered(tmp_path, json.dumps({"refused": "It\n has \x1b[31mno\x00\tname. " + "x" * 1000}))
    assert str(failed.value).startswith("It has [31mno name. xxx")
    assert len(str(failed.value)) == 300


def test_a_folder_in_its_place_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / inside.ANSWER).mkdir()
    answers.forget(tmp_path)
    with pytest.raises(BuildFails, match=FAILURE):
        answers.said(tmp_path, FAILURE)


def test_an_earlier_answer_is_forgotten(tmp_path: Path) -> None:
    answered(tmp_path, '{"said": 1}')
    answers.forget(tmp_path)
    answers.forget(tmp_path)
    with pytest.raises(BuildFails, match=FAILURE):
        answers.said(tmp_path, FAILURE)
