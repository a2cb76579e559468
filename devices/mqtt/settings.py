"""What every process at the broker needs to know."""

from pydantic import Field, SecretStr

from devices.mqtt.address import Address
from kernel.settings import Settings


class MqttSettings(Settings):
    """Where the broker is."""

    mqtt_url: SecretStr = Field(
        SecretStr(""),
        description="Broker, mqtt://user:password@host:port or mqtts://, ?version=5 for MQTT 5, "
        "?ca=FILE for its authority; empty: the embedded one",
    )

    def broker(self) -> Address:
        """Return where the broker is.

        Raises:
            InvalidError: the setting is no MQTT URL.
        """
        return Address.parse(self.mqtt_url.get_secret_value())
