"""Short measurements of what training costs here, and the engines that could do it."""
