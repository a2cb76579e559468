"""A broker's address, and our sessions there."""

from devices.mqtt.address import Address


def test_a_session_keeps_its_name_from_one_version_to_the_next() -> None:
    address = Address.parse("mqtt://carebell:secret@127.0.0.1:1883")
    assert address.session("alarms") == "carebell-alarms-dac3175791c96d3906d5183f"
    assert address.session("beats") == "carebell-beats-0b2269065fbb85d3d90ba7aa"


def test_nobody_guesses_a_session_without_the_password() -> None:
    one = Address.parse("mqtt://carebell:secret@host")
    other = Address.parse("mqtt://carebell:another@host")
    assert one.session("beats") != other.session("beats")
