"""A self-check that says how strong the signs of a possible magnesium shortage are."""
