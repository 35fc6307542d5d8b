using Simulator;
using Simulator.Sending;

return args is ["send", ..] ? await SendCommand.Run(args[1..]) : await SimulatorHost.Run(args);
