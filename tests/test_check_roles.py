"""Who is who in a sentence: names, offices, and who does it to whom, told from the quotes and the article."""

import pytest

from newsqa.support import support


@pytest.mark.parametrize("name", ["Al", "Al Al", "Mayor Al"])
def test_a_name_of_words_that_link_others_is_a_name(name):
    assert support(f"{name} met the crew.", ["Al met the crew, as Al Al and Mayor Al did."]).stands
    assert not support(f"{name} met the crew.", ["Tam met the crew."]).stands
