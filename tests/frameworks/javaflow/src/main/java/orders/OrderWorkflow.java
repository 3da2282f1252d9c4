package orders;

import com.amazonaws.services.simpleworkflow.flow.annotations.Execute;
import com.amazonaws.services.simpleworkflow.flow.annotations.GetState;
import com.amazonaws.services.simpleworkflow.flow.annotations.Signal;
import com.amazonaws.services.simpleworkflow.flow.annotations.Workflow;
import com.amazonaws.services.simpleworkflow.flow.annotations.WorkflowRegistrationOptions;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;

/** An order: a price that is tried again, a pause, and an address that comes as a signal. */
@Workflow
@WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 120)
public interface OrderWorkflow {
    @Execute(name = "Order", version = "1.0")
    Promise<String> order(String item);

    @Signal(name = "address")
    void address(String address);

    @GetState
    String state();
}
