"""Many experiments at once: cells that differ in seeds and numbers, as lanes of one program."""

from gdlab.experiment.lanes.key import LaneKeys, Reason, group, lane_key
from gdlab.experiment.lanes.loop import LaneCallbacks
from gdlab.experiment.lanes.result import LaneResults
from gdlab.experiment.lanes.train import train_lanes

__all__ = ["LaneCallbacks", "LaneKeys", "LaneResults", "Reason", "group", "lane_key", "train_lanes"]
