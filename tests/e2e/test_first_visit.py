"""What a person does who has just typed `make sandbox`."""

import subprocess
from collections.abc import Callable

import pytest

from tests.e2e.conftest import COMMAND, ROOT, Sandbox
from tests.e2e.message import Message
from tests.e2e.page import SandboxPage

BALLERINAS_POSTS = ["2025-05-30T13:00", "2025-06-03T13:00", "2025-06-05T13:00", "2025-06-06T13:00"]  # 09:00 New York


def posts(page: SandboxPage) -> list[Message]:
    """What the bot sent by itself since the welcome, but for what time it is."""
    welcome, *later = page.messages()
    return [message for message in later if message.buttons and message.sent_at > welcome.sent_at]


def track_ballerina(page: SandboxPage) -> None:
    """Three films have that name: pick the one of 2025."""
    page.type_command("track", choose=0, film="ballerina")
    assert "6 June 2025" in page.last().text


def test_from_track_to_the_release_day(page: SandboxPage) -> None:
    welcome = page.last()
    assert "/track" in welcome.text
    assert len(welcome.text.split()) < 40

    page.begin_command("track")
    page.type_option("film", "balle")
    offered = [choice.inner_text() for choice in page.suggestions()]
    assert "Ballerina" in offered[0]
    assert "2025" in offered[0]
    page.suggestions()[0].click()
    page.send()
    card = page.last()
    assert card.command == "/track"
    assert "6 June 2025" in card.text
    assert "30 May" in card.text
    page.screenshot("track")

    page.type_command("cast", choose=0, film="balle")
    assert "Ana de Armas" in page.last().text
    page.screenshot("cast")
    page.type_command("trivia", choose=0, film="balle")
    assert "Ballerina" in page.last().text
    page.screenshot("trivia")
    page.type_command("settings")
    assert page.last().private
    assert "New York" in page.last().text
    page.screenshot("settings")

    assert posts(page) == []
    page.type_command("time-travel", choose=0, to="ballerina")
    sent = posts(page)
    assert [post.sent_at[:16] for post in sent] == BALLERINAS_POSTS
    assert all("Ballerina" in post.text for post in sent)
    assert all(post.pictures == 1 for post in sent)
    for post, words in zip(sent, ("7 days", "3 days", "tomorrow", "today"), strict=True):
        assert words in post.text
    assert page.days() == ["May 27, 2025", "May 30, 2025", "June 3, 2025", "June 5, 2025", "June 6, 2025"]
    assert "6 June 2025" in page.last().text
    page.screenshot("release-day")
    assert not any(message.broken for message in page.messages())
    assert page.problems() == []


def test_a_command_typed_in_one_go(page: SandboxPage) -> None:
    page.say("/track ballerina")
    assert page.last().command == "/track"
    page.pick("Ballerina (2025)")  # three films have that name
    page.say("/time-travel next post")
    assert [post.sent_at[:16] for post in posts(page)] == BALLERINAS_POSTS[:1]
    assert page.problems() == []


def test_a_chosen_film_is_shown_by_name_and_enter_sends(page: SandboxPage) -> None:
    page.begin_command("film")
    page.type_option("film", "superman")
    page.suggestions()[0].click()
    assert "Superman" in page.command_line()
    page.press_enter()
    assert "Superman" in page.last().text


def test_the_newest_message_is_in_view(page: SandboxPage) -> None:
    track_ballerina(page)
    for _ in range(2):
        page.type_command("cast", choose=0, film="ballerina")
        assert page.is_at_the_end()
    page.type_command("time-travel", choose=0, to="ballerina")
    assert page.is_at_the_end()


@pytest.mark.parametrize("to", ["2020-01-01", "whenever", "@everyone ||x||"])
def test_a_time_that_cannot_be_is_refused_privately(page: SandboxPage, to: str) -> None:
    page.type_command("time-travel", to=to)
    assert page.last().private
    assert page.last().sent_at[:16] == "2025-05-27T12:30"
    assert page.problems() == []


def test_another_day(start_sandbox: Callable[..., Sandbox]) -> None:
    page = start_sandbox("--at", "2025-06-06").page
    track_ballerina(page)
    page.type_command("time-travel", to="next post")
    assert [post.sent_at[:16] for post in posts(page)] == BALLERINAS_POSTS[3:]


def test_ctrl_c_ends_it_at_once(start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox()
    track_ballerina(sandbox.page)
    code, seconds = sandbox.press_ctrl_c()
    assert code == 0
    assert seconds < 1


def test_a_port_in_use_is_one_sentence(start_sandbox: Callable[..., Sandbox]) -> None:
    port = start_sandbox().url.split(":")[2].partition("/")[0]
    second = subprocess.run(
        [*COMMAND, "--port", port], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert second.returncode == 2
    assert second.stderr.startswith(f"marquee: Port {port} ")
    assert second.stderr.count("\n") == 1
