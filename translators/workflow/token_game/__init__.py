"""The token game directly on a workflow graph: the meaning of ``docs/meaning.md`` by definition."""

from translators.workflow.token_game.game import TokenGame, token_game_lts
from translators.workflow.token_game.state import State, Step, Token

__all__ = ["State", "Step", "Token", "TokenGame", "token_game_lts"]
