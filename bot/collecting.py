"""When Python looks for garbage: not while Marquee starts, and afterwards no more among what stays."""

import gc


def put_off() -> None:
    """Look for none: hardly anything that a start makes is garbage, and to go through it takes a tenth of the start."""
    gc.disable()


def begin() -> None:
    """Look for garbage from now on, in what is new."""
    gc.freeze()
    gc.enable()


def settle() -> None:
    """Take what is there once the start is over for what stays.

    To go through it takes 40 ms, in which no command is answered; without this it is done again and again.
    """
    gc.unfreeze()  # with what the start has left as garbage
    gc.collect()
    gc.freeze()
    gc.enable()


def end() -> None:
    """Look for garbage everywhere, as Python does by itself."""
    gc.unfreeze()
    gc.enable()
