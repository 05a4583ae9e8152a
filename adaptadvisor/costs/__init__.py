"""What each plan costs: prices come from the user, all else is a fact or a stated range."""
