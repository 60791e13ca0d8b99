"""The pack of the CS manager: the team, its work and its people."""
