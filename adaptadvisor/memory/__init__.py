"""What training and serving a model hold on a card, in GB (1e9 bytes): pure formulas."""

from adaptadvisor.memory.config import from_config
from adaptadvisor.memory.experts import Experts, Latent
from adaptadvisor.memory.fit import Estimate, estimate, first_lever
from adaptadvisor.memory.setup import Parts, Setup
from adaptadvisor.memory.shape import Shape, adapter_params, typical

__all__ = [
    "Estimate",
    "Experts",
    "Latent",
    "Parts",
    "Setup",
    "Shape",
    "adapter_params",
    "estimate",
    "first_lever",
    "from_config",
    "typical",
]
