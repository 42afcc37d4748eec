"""What pictures show, and what to look at in them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What is said of a kind of picture.

    Args:
        title: what it shows, in a few words.
        caption: what to look at.
    """

    title: str
    caption: str


CURVES = Words(
    "Loss over steps",
    "Look how low a curve ends, and how soon it is there. A line of several seeds is their median, the band around it "
    "the middle half of them. A mark at an end is a run that broke; it counts as infinite from there on.",
)
SCHEDULE = Words(
    "Learning rate over steps", "Look where it falls, and in the picture above whether the loss settles only then."
)
LR = Words(
    "Final loss over learning rate",
    "Look how wide the valley of an optimizer is: a wide one forgives a badly guessed learning rate. To its left steps "
    "are too short, to its right they are too long. The ground is shaded where every optimizer breaks.",
)
PATH = Words(
    "Ways over the level lines",
    "Look how a way turns: at right angles to the level lines where it follows the gradient, to and fro over a valley "
    "where steps are too long, in a wide bend where momentum carries it. A circle is the start, a star a minimum; all "
    "ways have the same number of steps.",
)
BOUNDARY = Words(
    "What the classifier makes of every point",
    "Look at points on ground of another colour: they are taken for another class. A boundary that winds around single "
    "points has learned them by heart. Points to test on are hollow.",
)
CONFUSION = Words(
    "Classes taken for others, on test rows",
    "Look beside the diagonal: a dark place there is a class, its row, that is often taken for another, its column.",
)
PROFILE = Words(
    "Performance profile",
    "Look at the left edge for how often an optimizer was the cheapest, and at the right one for how often it came to "
    "the minimum at all. A curve above another everywhere is the better choice for any budget.",
)
ECDF = Words(
    "Targets reached over cost",
    "Look how far to the left a curve rises, which is how little was spent, and how high it gets. Each problem with a "
    "seed has 50 targets, from just below its start down to 1e-8 of the way to its minimum.",
)
