"""Trade lists with their lots: which are sold, what that is taxed, and no list that washes its own loss."""
