"""Names and one-sentence summaries for people, made from ids and docstrings."""

import re
from collections.abc import Mapping, Sequence

from gymlab.domain.environments import ActionMeaning, DescriptionSection, SpaceInfo
from gymlab.envs.docstrings import first_sentence, section_text

_WORD = re.compile(
    r"\d+x\d+"  # 5x5
    r"|(?:[A-Z]\d+)+(?![a-z])"  # S9N1
    r"|\d+[A-Z][a-z]*"  # 2Dlhb
    r"|[A-Z]+(?=[A-Z][a-z])"  # an abbreviation before a word
    r"|[A-Z]?[a-z]+|[A-Z]+|\d+"
)
_PREFIXES = ("MiniGrid-", "BabyAI-")

_TITLES: Mapping[str, str] = {
    "gymlab/GridWorld-v0": "Grid World",
    "CartPole-v1": "CartPole",
    "LunarLanderContinuous-v3": "Lunar Lander, continuous",
    "MountainCarContinuous-v0": "Mountain Car, continuous",
    "BipedalWalkerHardcore-v3": "Bipedal Walker, hardcore",
    "CliffWalkingSlippery-v1": "Cliff Walking, slippery",
    "FrozenLake8x8-v1": "Frozen Lake 8x8",
    "HalfCheetah-v5": "Half Cheetah",
    "Walker2d-v5": "Walker 2D",
    "ALE/Et-v5": "E.T.",
    "ALE/MsPacman-v5": "Ms. Pac-Man",
    "ALE/Pacman-v5": "Pac-Man",
    "ALE/Qbert-v5": "Q*bert",
    "ALE/Hero-v5": "H.E.R.O.",
    "ALE/Jamesbond-v5": "James Bond 007",
    "ALE/Koolaid-v5": "Kool-Aid Man",
    "ALE/MontezumaRevenge-v5": "Montezuma's Revenge",
    "ALE/Riverraid-v5": "River Raid",
    "ALE/TicTacToe3D-v5": "Tic-Tac-Toe 3D",
    "ALE/UpNDown-v5": "Up 'n Down",
    "ALE/YarsRevenge-v5": "Yars' Revenge",
}

_SUMMARIES: Mapping[str, str] = {
    "gymlab/Snake-v0": "Eat apples and grow without running into walls or yourself.",
    "gymlab/Orbit-v0": "Steer a spacecraft with a weak engine onto the orbit that is wanted.",
    "gymlab/Lantern-v0": "Find the treasure of a dark cave, seeing only the cells around you.",
    "gymlab/Crossing-v0": "Cross a road on which cars appear at random.",
    "CartPole-v1": "Balance a pole on a cart by pushing the cart left or right.",
    "Acrobot-v1": "Swing the free end of a two-link chain above a line with one motor.",
    "MountainCar-v0": "Rock an underpowered car out of a valley with three discrete pushes.",
    "MountainCarContinuous-v0": "Rock an underpowered car out of a valley with a continuous push.",
    "Pendulum-v1": "Swing a pendulum up and keep it upright with limited torque.",
    "LunarLander-v3": "Land a spacecraft softly between two flags with four discrete engines.",
    "LunarLanderContinuous-v3": "Land a spacecraft softly between two flags with two throttles.",
    "BipedalWalker-v3": "Walk with a four-joint robot over slightly uneven ground.",
    "BipedalWalkerHardcore-v3": "Walk with a four-joint robot over ladders, stumps and pitfalls.",
    "CarRacing-v3": "Drive a car around a random track, seen as 96 x 96 pixels from above.",
    "Blackjack-v1": "Beat the dealer at cards: hit or stick, without going over 21.",
    "FrozenLake-v1": "Cross a slippery frozen lake from start to goal without falling into a hole.",
    "FrozenLake8x8-v1": "Cross a larger slippery lake without falling into one of its holes.",
    "CliffWalking-v1": "Cross a grid along a cliff: the shortest way is the most dangerous.",
    "CliffWalkingSlippery-v1": "Cross a grid along a cliff on ice that may push you over.",
    "Taxi-v4": "Pick up a passenger at one of four places and bring them to another.",
    "Reacher-v5": "Move the tip of a two-jointed arm to a random target.",
    "Pusher-v5": "Push a cylinder to a goal with a robot arm of seven joints.",
    "InvertedPendulum-v5": "Balance a pole on a cart in a physics engine with continuous pushes.",
    "InvertedDoublePendulum-v5": "Balance two poles, one on top of the other, on a cart.",
    "HalfCheetah-v5": "Make a flat two-legged cheetah run forward as fast as it can.",
    "Hopper-v5": "Make a one-legged figure hop forward without falling.",
    "Swimmer-v5": "Make a chain of three links swim forward through a viscous fluid.",
    "Walker2d-v5": "Make a flat two-legged figure walk forward without falling.",
    "Ant-v5": "Make a four-legged robot walk forward.",
    "Humanoid-v5": "Make a humanoid robot walk forward without falling.",
    "HumanoidStandup-v5": "Make a humanoid robot that lies on the ground stand up.",
}

_SUMMARIES_BY_PREFIX: Mapping[str, str] = {
    "MiniGrid-LavaCrossing": "Cross a room to the green square without stepping into its lava.",
    "MiniGrid-SimpleCrossing": "Cross a room to the green square through gaps in its walls.",
    "MiniGrid-DistShift": "Reach the green square past lava that lies elsewhere in the other level.",
    "MiniGrid-DoorKey": "Pick up a key, unlock a door and reach the green square.",
    "MiniGrid-Dynamic-Obstacles": "Reach the green square without bumping into moving balls.",
    "MiniGrid-Empty": "Reach the green square in an empty room.",
    "MiniGrid-Fetch": "Pick up the one object that the mission names.",
    "MiniGrid-FourRooms": "Find the green square in a house of four rooms.",
    "MiniGrid-GoToDoor": "Go to the door whose colour the mission names and say done.",
    "MiniGrid-GoToObject": "Go to the object that the mission names and say done.",
    "MiniGrid-KeyCorridor": "Find the key in one of many rooms and fetch the ball it locks in.",
    "MiniGrid-LavaGap": "Pass through the one gap in a strip of lava.",
    "MiniGrid-LockedRoom": "Find the key to the one locked room of six and reach the green square.",
    "MiniGrid-Memory": "Remember an object and go to its twin at the end of a hallway.",
    "MiniGrid-MultiRoom": "Open door after door to reach the green square in the last room.",
    "MiniGrid-ObstructedMaze": "Find a ball in a maze of locked doors, hidden keys and obstacles.",
    "MiniGrid-Playground": "Wander through rooms full of objects; there is nothing to win.",
    "MiniGrid-PutNear": "Put the object that the mission names next to another one.",
    "MiniGrid-RedBlueDoors": "Open the red door first and then the blue one.",
    "MiniGrid-WFC": "Reach the green square in a level generated from a pattern.",
}

_ACTION_MEANINGS: Mapping[str, tuple[str, ...]] = {
    "MountainCarContinuous-v0": ("Force on the car, from full left to full right",),
    "LunarLanderContinuous-v3": (
        "Throttle of the main engine: off below 0, from half to full above",
        "Side engines: left below -0.5, right above 0.5, off between",
    ),
    "BipedalWalker-v3": ("Left hip", "Left knee", "Right hip", "Right knee"),
    "BipedalWalkerHardcore-v3": ("Left hip", "Left knee", "Right hip", "Right knee"),
}
"""Where the docstring tells the actions in prose or those of another variant."""

_LEVEL_ACTIONS = (
    "Turn left",
    "Turn right",
    "Move forward",
    "Pick up an object",
    "Drop the object carried",
    "Open a door, or use the object in front",
    "Say that the mission is done",
)
"""The actions of every level of MiniGrid and BabyAI, where a docstring forgets them."""


def fitting_meanings(
    env_id: str, parsed: Sequence[ActionMeaning], action_space: SpaceInfo
) -> list[ActionMeaning]:
    """Return one meaning per action or component, or none where the docstring does not fit."""
    own = _ACTION_MEANINGS.get(env_id, ())
    if env_id.startswith(_PREFIXES) and not parsed:
        own = _LEVEL_ACTIONS
    meanings = [ActionMeaning(action=str(i), meaning=text) for i, text in enumerate(own)]
    meanings = meanings or list(parsed)
    if action_space.n is not None:
        # A level may offer only the first of the actions that its kind has.
        meanings = meanings[: action_space.n]
    expected = action_space.n if action_space.n is not None else sum(action_space.shape or [])
    return meanings if len(meanings) == expected else []


def title_of(env_id: str) -> str:
    """Return a name for people: `MiniGrid-DoorKey-5x5-v0` becomes `Door Key 5x5`."""
    if env_id in _TITLES:
        return _TITLES[env_id]
    name = re.sub(r"-v\d+$", "", env_id.rpartition("/")[2])
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    words = [word for part in name.split("-") for word in _WORD.findall(part)]
    return " ".join(words) or env_id


def summary_of(env_id: str, title: str, sections: Sequence[DescriptionSection]) -> str:
    """Return one sentence: ours where the docstring begins with history, else its first."""
    if env_id in _SUMMARIES:
        return _SUMMARIES[env_id]
    for prefix, summary in _SUMMARIES_BY_PREFIX.items():
        if env_id.startswith(prefix):
            return summary
    sentence = first_sentence(section_text(sections, "Description")) or title
    return sentence if sentence.endswith((".", "…")) else f"{sentence}."
